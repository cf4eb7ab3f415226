"""Lists are narrowed by what their query names, and say how long they are when asked."""

from datetime import timedelta
from uuid import uuid4

import pytest
from marshmallow import fields

from app.kernel import clock
from app.register.identity.roles import Role
from app.web.auth import PUBLIC
from app.web.paging import CountedArgs
from tests.given import pictures
from tests.given.http import post
from tests.given.uploads import upload

DAY = "2026-06-01"


def counted_lists(app):
    """Each list that counts and names nothing in its path, with its query."""
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        given = getattr(view, "_apidoc", {}).get("arguments", {}).get("parameters", ())
        for query in (one["schema"] for one in given if one.get("in") == "query"):
            if issubclass(query, CountedArgs) and not rule.arguments:
                yield rule.rule, view, query


def sample(field):
    if isinstance(field, fields.Enum):
        return next(iter(field.enum)).value
    if isinstance(field, fields.UUID):
        return str(uuid4())
    samples = {fields.Date: DAY, fields.Boolean: "true", fields.Integer: "5", fields.Field: "x"}
    return next(value for kind, value in samples.items() if isinstance(field, kind))


@pytest.fixture
def village(given):
    return given.village()


def test_every_list_takes_each_of_its_filters_alone_and_all_together(app, given, village):
    resident = given.resident(given.household(village=village))
    seen = set()
    for path, view, query in counted_lists(app):
        assert view.allowed_roles != PUBLIC
        role = view.allowed_roles[0]
        is_at_home = role in {Role.RESIDENT, Role.VISITOR}
        client = resident if is_at_home else given.staff(role, village.county_region_id)
        asked = {name: sample(one) for name, one in query().fields.items() if name != "before"}

        for some in [asked, *({"count": "true", name: value} for name, value in asked.items())]:
            answer = client.get(path, query_string=some)
            said = (answer.status_code, type(answer.json.get("total")))
            assert said == (200, int), (path, some, answer.json)
        seen.add(path.removeprefix("/api/v1/"))

    assert seen == {
        "allotments",
        "appeals",
        "assets",
        "awards/area",
        "bank-statements",
        "campaigns",
        "cash-outs",
        "check-conflicts",
        "checks",
        "checks/own",
        "deposits",
        "goods",
        "handovers",
        "households",
        "merchant-applications",
        "merchants",
        "merchants/own",
        "notices",
        "orders",
        "ranks/boards",
        "redemptions",
        "redemptions/area",
        "reviewers/me/verdicts",
        "reversals",
        "risk-flags",
        "role-grants",
        "sales",
        "sales/area",
        "sales/awaiting",
        "sales/weighed",
        "self-checks",
        "subsidy-fundings",
        "vouchers/claims",
    }


def test_what_waits_for_a_decision_is_found_and_counted(given, village, noon):
    other = given.village()
    given.budget(village, 100)  # money has come in at all
    maker = given.staff(Role.FINANCE, village.county_region_id)
    ids = []
    for place in (village, other, village):
        noon.move(minutes=1)
        wanted = {"village_id": str(place.id), "amount_fen": 10}
        ids.append(post(maker, "allotments", wanted).json["id"])
    first, second, third = ids
    checker = given.staff(Role.FINANCE, village.county_region_id)
    post(checker, f"allotments/{second}/refusal")

    def found(query):
        answer = maker.get(f"/api/v1/allotments?{query}").json
        return [row["id"] for row in answer["items"]], answer.get("total")

    assert found("") == ([third, second, first], None)
    assert found("state=proposed&count=true&limit=1") == ([third], 2)
    assert found(f"state=proposed&count=true&limit=1&before={third}") == ([first], 2)
    assert found(f"village_id={other.id}&count=true") == ([second], 1)
    assert found(f"village_id={other.id}&state=proposed&count=true") == ([], 0)
    assert maker.get("/api/v1/allotments?state=waiting").json["details"] == {
        "query": {"state": ["不在可选的范围内"]}
    }


def test_days_are_those_of_china_and_both_are_included(given, village, noon):
    resident = given.resident(given.household(village=village))
    noon.at = clock.day_end(clock.day_of(noon.at)) - timedelta(minutes=1)  # 23:59 on 1 June
    late = upload(resident, "/api/v1/self-checks", pictures.photo(1)).json["id"]
    noon.move(minutes=1)
    early = upload(resident, "/api/v1/self-checks", pictures.photo(2)).json["id"]

    def found(**days):
        answer = resident.get("/api/v1/self-checks", query_string=days).json
        return [row["id"] for row in answer["items"]]

    assert found(from_on="2026-06-01", to_on="2026-06-01") == [late]
    assert found(from_on="2026-06-02") == [early]
    assert found(to_on="2026-06-02") == [early, late]
    assert found(from_on="2026-06-02", state="approved") == []
    refused = resident.get("/api/v1/self-checks?from_on=2026-06-02&to_on=2026-06-01")
    assert refused.status_code == 422
    assert refused.json["details"] == {"query": {"to_on": ["结束日期不能早于开始日期"]}}


def test_households_are_found_by_what_a_village_has_still_to_do(given, village, noon, office):
    party = given.household(village=village, is_party=True)
    noon.move(minutes=1)
    visited = given.household(village=village, liaison=party)
    noon.move(minutes=1)
    alone = given.household(village=village)
    given.resident(visited)
    office.active(alone)
    admin = given.staff(Role.VILLAGE_ADMIN, village.id)

    def found(**query):
        answer = admin.get("/api/v1/households", query_string={"count": "true", **query}).json
        assert answer["total"] == len(answer["items"])
        return [row["id"] for row in answer["items"]]

    everybody = [str(alone.id), str(visited.id), str(party.id)]
    assert found() == everybody
    assert found(is_party_household="true") == [str(party.id)]
    assert found(has_liaison="true") == [str(visited.id)]
    assert found(has_liaison="false") == [str(alone.id), str(party.id)]
    assert found(liaison_id=party.head_id) == [str(visited.id)]
    assert found(is_bound="true") == [str(visited.id)]
    assert found(is_bound="false") == [str(alone.id), str(party.id)]
    assert found(has_card="true") == [str(alone.id)]
    assert found(has_card="false", has_liaison="false") == [str(party.id)]
    door = admin.get(f"/api/v1/households/{alone.id}").json["household"]["door_number"]
    assert str(alone.id) in found(door=door)
    assert found(door="没有这样的门牌") == []


def test_people_are_found_by_role_place_and_name(given, village):
    admin = given.staff(Role.COUNTY_ADMIN, village.county_region_id)
    other = given.village()
    for place, role, name in (
        (village, Role.REVIEWER, "张审核"),
        (village, Role.INSPECTOR, "李督查"),
        (other, Role.REVIEWER, "王审核"),
    ):
        given.staff(role, place.id, name=name)

    def found(**query):
        query = {"count": "true", **query}
        answer = admin.get("/api/v1/role-grants", query_string=query).json
        assert answer["total"] == len(answer["items"])
        return {row["name"] for row in answer["items"]}

    assert found(role="reviewer") == {"张审核", "王审核"}
    assert found(region_id=village.town_id) == {"张审核", "李督查"}
    assert found(name="审核", region_id=village.id) == {"张审核"}
    assert found(name="%") == set()
