"""A version of the policy is drafted by one person and approved by another."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from app.kernel import clock
from app.kernel.audit.models import AuditEvent
from app.kernel.db import db, transaction
from app.kernel.decisions import AlreadyDecided
from app.points.awards import bounds, queries, versions
from app.points.awards.errors import Absurd, PolicyMovedOn
from app.points.awards.models import DraftState, Policy, PolicyDraft
from app.points.awards.payable import Table
from app.points.awards.rules import Rules
from app.register.identity.roles import Role
from tests.given.factories import COUNTY
from tests.given.http import post

SOON = "2026-06-03"
WEEK = {
    "name": "双倍积分周",
    "rule": "self_check.points",
    "first_day": "2026-06-03",
    "last_day": "2026-06-08",
    "times": 2,
    "bonus": 0,
    "region_id": None,
}


@pytest.fixture
def maker(given):
    return given.staff(Role.OPERATOR, given.county())


@pytest.fixture
def checker(given):
    return given.staff(Role.COUNTY_ADMIN, given.county())


def drafted(maker, changes=None, in_force_from=SOON, **more) -> dict:
    body = {"in_force_from": in_force_from, "changes": changes or {"self_check.points": 7}} | more
    answer = post(maker, "policy-drafts", body)
    assert answer.status_code == 201, answer.json
    return answer.json


def approved(checker, draft, **more):
    body = {"digest": draft["digest"]} | more
    return post(checker, f"policy-drafts/{draft['id']}/approval", body)


def count(app, model) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(model))


def test_an_approved_draft_is_the_next_version_from_its_day(app, maker, checker):
    draft = drafted(maker)

    answer = approved(checker, draft)

    assert answer.status_code == 200
    assert (answer.json["state"], answer.json["version"]) == ("approved", 2)
    with app.app_context():
        assert queries.policy_of(COUNTY, date(2026, 6, 1)).version == 1
        policy = queries.policy_of(COUNTY, date(2026, 6, 3))
        assert (policy.version, policy.rules["self_check.points"]) == (2, 7)
        assert policy.rules["checked.grade_a"] == 10
        assert None not in (policy.made_by, policy.approved_by)


def test_administrators_and_the_auditor_are_told_of_a_new_version_and_its_day(
    given, maker, checker
):
    root = given.county()
    others = [given.staff(role, root) for role in (Role.COUNTY_ADMIN, Role.AUDITOR)]
    draft = drafted(maker)
    assert [one.get("/api/v1/notices").json["items"] for one in (*others, checker)] == [[]] * 3

    approved(checker, draft)

    for one in (*others, checker):
        (notice,) = one.get("/api/v1/notices").json["items"]
        assert notice["title"] == "积分规则有新版本"
        assert notice["sentence"] == (
            "第 2 版积分规则已经同意，2026年6月3日起生效。"
            "请打开“积分规则”看一看改了什么，觉得不对马上告诉另一位管理员"
        )
    assert maker.get("/api/v1/notices").json["items"] == []


def test_a_draft_alone_changes_nothing(app, maker):
    drafted(maker)

    assert count(app, Policy) == 1
    with app.app_context():
        assert queries.policy_of(COUNTY, date(2026, 6, 3)).version == 1


def test_nobody_approves_their_own_draft(app, given):
    both = given.staff(Role.COUNTY_ADMIN, given.county())
    draft = drafted(both)

    answer = approved(both, draft)

    assert (answer.status_code, answer.json["code"]) == (403, "trust.same_person")
    assert count(app, Policy) == 1


def test_what_was_edited_since_it_was_read_is_not_approved(app, maker, checker):
    draft = drafted(maker)
    edited = maker.put(
        f"/api/v1/policy-drafts/{draft['id']}",
        json={"in_force_from": SOON, "changes": {"self_check.points": 9}},
    )

    answer = approved(checker, draft)

    assert edited.json["revision"] == 2
    assert (answer.status_code, answer.json["code"]) == (409, "decisions.moved_on")
    assert count(app, Policy) == 1
    assert approved(checker, edited.json).status_code == 200


def test_only_the_maker_edits_and_withdraws(given, maker):
    draft = drafted(maker)
    other = given.staff(Role.OPERATOR, given.county())
    path = f"policy-drafts/{draft['id']}"

    edit = other.put(f"/api/v1/{path}", json={"in_force_from": SOON, "changes": {}})
    withdrawal = post(other, f"{path}/withdrawal")

    assert (edit.status_code, withdrawal.status_code) == (403, 403)
    assert maker.get(f"/api/v1/{path}").json == draft


def test_a_withdrawn_draft_is_not_approved(app, maker, checker):
    draft = drafted(maker)
    assert post(maker, f"policy-drafts/{draft['id']}/withdrawal").json["state"] == "withdrawn"

    answer = approved(checker, draft)

    assert (answer.status_code, answer.json["code"]) == (409, "decisions.decided")
    assert count(app, Policy) == 1


def test_a_draft_of_before_another_version_is_written_anew_first(maker, checker):
    first, second = drafted(maker), drafted(maker, {"checked.grade_a": 12})
    approved(checker, first)

    refused = approved(checker, second)
    again = maker.put(
        f"/api/v1/policy-drafts/{second['id']}",
        json={"in_force_from": SOON, "changes": {"checked.grade_a": 12}},
    )

    assert (refused.status_code, refused.json["details"]) == (409, {"version": 2})
    assert approved(checker, again.json).json["version"] == 3
    rules = maker.get("/api/v1/policies/3").json["entries"]
    values = {line["key"]: line["value"] for line in rules}
    assert (values["self_check.points"], values["checked.grade_a"]) == (7, 12)


def test_a_newer_version_of_the_same_day_counts(app, maker, checker):
    approved(checker, drafted(maker))
    approved(checker, drafted(maker, {"self_check.points": 8}))

    with app.app_context():
        assert queries.policy_of(COUNTY, date(2026, 6, 3)).version == 3


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"changes": {"self_check.points": -1}}, "policy.bad_rules"),
        ({"changes": {"gifts": 1}}, "policy.bad_rules"),
        ({"changes": {"notice_days": 91}}, "policy.bad_rules"),
        ({"changes": {}}, "policy.nothing_changed"),
        ({"changes": {"self_check.points": 5}}, "policy.nothing_changed"),
        ({"in_force_from": "2026-05-31"}, "policy.too_late"),
        ({"boosts": [WEEK | {"last_day": "2026-06-01"}]}, "policy.bad_boost"),
        ({"boosts": [WEEK | {"times": 1}]}, "policy.bad_boost"),
        (
            {"boosts": [WEEK | {"region_id": "0197a000-0000-7000-8000-000000000000"}]},
            "policy.bad_boost",
        ),
    ],
)
def test_a_table_that_makes_no_sense_is_refused(app, maker, body, code):
    whole = {"in_force_from": SOON, "changes": {"self_check.points": 7}} | body

    answer = post(maker, "policy-drafts", whole)

    assert (answer.status_code, answer.json["code"]) == (422, code)
    assert count(app, PolicyDraft) == 0


def test_a_malformed_body_is_refused(maker):
    assert post(maker, "policy-drafts", {"in_force_from": "soon"}).status_code == 422


def test_a_day_that_begins_in_less_than_24_hours_is_refused(app, maker, checker, noon):
    draft = drafted(maker)
    noon.at = clock.day_start(date(2026, 6, 2)) + timedelta(minutes=1)

    answer = approved(checker, draft)

    assert (answer.status_code, answer.json["code"]) == (422, "policy.too_soon")
    assert answer.json["details"] == {"first_on": "2026-06-04"}
    assert count(app, Policy) == 1
    noon.at = clock.day_start(date(2026, 6, 2))
    assert approved(checker, draft).status_code == 200


@pytest.mark.parametrize(
    ("changes", "keys"),
    [
        ({"self_check.points": 16}, ["self_check.points"]),
        ({"self_check.points": 100_000}, ["self_check.points"]),
        ({"price.glass": 501}, ["price.glass"]),
        ({"price.mixed": 151}, ["price.mixed"]),
        ({"checked.grade_c": 201}, ["checked.grade_c"]),
        ({"sale.weight_bonus_grams": 1}, ["sale.weight_bonus_grams"]),
        ({"sale.grams_per_day_max": 300_001}, ["sale.grams_per_day_max"]),
        (
            {"checked.cap_per_month": 25, "rank.year": 15_001},
            ["checked.cap_per_month", "rank.year"],
        ),
    ],
)
def test_a_draft_that_pays_absurdly_more_is_refused_and_traced(app, maker, changes, keys):
    answer = post(maker, "policy-drafts", {"in_force_from": SOON, "changes": changes})

    assert (answer.status_code, answer.json["code"]) == (422, "policy.absurd")
    assert answer.json["details"]["keys"] == keys
    assert count(app, PolicyDraft) == 0
    with app.app_context():
        refused = db.session.scalars(select(AuditEvent).filter_by(action="trust.refused")).one()
        assert (refused.subject_id, refused.details["code"]) == (
            "policy_drafts.draft",
            "policy.absurd",
        )


@pytest.mark.parametrize(
    "changes",
    [
        {"self_check.points": 15},
        {"price.glass": 60},
        {"price.mixed": 150},
        {"inspection.points": 9},
    ],
)
def test_a_draft_that_pays_at_most_three_times_as_much_is_taken(maker, changes):
    assert drafted(maker, changes)["state"] == "draft"


@pytest.mark.parametrize(
    ("key", "most"),
    [("rank_year", 50_000), ("score_rate", 20), ("checked_cap_per_month", 60), ("price_film", 500)],
)
def test_a_number_that_was_nothing_has_a_ceiling_of_its_own(key, most):
    nothing = replace(Rules(), **{key: 0})

    bounds.check_within_reason(nothing, Table(replace(Rules(), **{key: most})))
    with pytest.raises(Absurd) as refused:
        bounds.check_within_reason(nothing, Table(replace(Rules(), **{key: most + 1})))

    assert refused.value.details["keys"] == [key.replace("_", ".", 1)]


def test_a_boost_that_makes_a_photo_dear_is_refused(app, maker):
    dear = WEEK | {"times": 10, "bonus": 151}

    answer = post(maker, "policy-drafts", {"in_force_from": SOON, "changes": {}, "boosts": [dear]})

    assert (answer.status_code, answer.json["code"]) == (422, "policy.absurd")
    assert count(app, PolicyDraft) == 0


def test_a_draft_tells_what_it_would_have_cost_and_who_would_gain_most(
    given, decide, family, maker, checker, noon
):
    other = given.household(village=given.village("远村"))
    given.budget(other.village, 1_000)
    for _ in range(3):
        decide(family)
        noon.move(days=1)
    decide(other)
    draft = drafted(maker, {"self_check.points": 10}, in_force_from="2026-06-09")

    told = checker.get(f"/api/v1/policy-drafts/{draft['id']}/outlook").json

    assert (told["first_day"], told["last_day"]) == ("2026-05-06", "2026-06-04")
    assert (told["paid"], told["would_be"]) == (20, 40)
    homes = [(one["id"], one["paid"], one["would_be"]) for one in told["households"]]
    assert homes == [(str(family.id), 15, 30), (str(other.id), 5, 10)]
    assert told["villages"][1]["name"] == "远村"
    assert told["households"][1]["name"].startswith("远村")


def test_every_visitor_reads_the_table_in_force_in_words(given, maker, checker, noon):
    approved(checker, drafted(maker, boosts=[WEEK]))
    noon.move(days=2)

    told = given.visitor().get("/api/v1/policies/in-force").json

    assert (told["version"], told["in_force_from"]) == (2, "2026-06-03")
    assert told["entries"][0] == {
        "key": "self_check.points",
        "label": "自查照片审核通过，每次得",
        "unit": "分",
        "value": 7,
        "text": "自查照片审核通过，每次得：7 分",
    }
    assert told["boosts"][0]["text"] == (
        "双倍积分周（2026-06-03 至 2026-06-08）：自查照片审核通过，2 倍"
    )


def test_the_difference_is_told_line_by_line(given, maker):
    draft = drafted(maker, {"self_check.points": 7, "inspection.pays_officials": True})
    boost = drafted(maker, boosts=[WEEK])

    told = maker.get(f"/api/v1/policy-drafts/{draft['id']}/changes").json
    with_boost = maker.get(f"/api/v1/policy-drafts/{boost['id']}/changes").json

    assert told == {
        "old_version": 1,
        "new_version": None,
        "changes": [
            {
                "key": "self_check.points",
                "label": "自查照片审核通过，每次得",
                "old": "5 分",
                "new": "7 分",
            },
            {
                "key": "inspection.pays_officials",
                "label": "干部上门检查也给积分",
                "old": "否",
                "new": "是",
            },
        ],
    }
    assert with_boost["changes"][-1] == {
        "key": "boosts",
        "label": "积分活动",
        "old": None,
        "new": "双倍积分周（2026-06-03 至 2026-06-08）：自查照片审核通过，2 倍",
    }


def test_versions_are_listed_newest_first_a_page_at_a_time(given, maker, checker):
    approved(checker, drafted(maker))
    reader = given.visitor()

    first = reader.get("/api/v1/policies?limit=1").json
    rest = reader.get(f"/api/v1/policies?limit=1&before={first['next']}").json

    assert [row["version"] for row in first["items"] + rest["items"]] == [2, 1]
    assert reader.get("/api/v1/policies/2/changes").json["new_version"] == 2
    assert reader.get("/api/v1/policies/3").status_code == 404


def test_drafts_are_for_those_who_hold_the_whole_county(app, given, maker):
    draft = drafted(maker)
    town = given.staff(Role.COUNTY_ADMIN, given.village().town_id)
    path = f"/api/v1/policy-drafts/{draft['id']}"

    assert town.get(path).status_code == 403
    assert given.visitor().get(path).status_code == 403
    assert app.test_client().get(path).status_code == 401
    assert (
        post(town, f"policy-drafts/{draft['id']}/approval", {"digest": draft["digest"]}).status_code
        == 403
    )
    assert approved(maker, draft).status_code == 403
    elsewhere = given.staff(Role.COUNTY_ADMIN, given.county(990102), 990102)
    assert elsewhere.get(path).status_code == 404
    assert given.staff(Role.AUDITOR, given.county()).get(path).json == draft


@pytest.mark.race("app.points.awards.versions._locked_draft")
def test_of_two_approvals_for_one_day_one_counts_and_the_other_says_so(app, committed, given, noon):
    """Both drafts were written on version 1; half of the threads approve each."""
    given.county()
    makers = [given.user(), given.user()]
    with app.app_context(), transaction():
        drafts = [
            versions.draft(
                county_id=COUNTY,
                wanted=versions.Wanted(date(2026, 6, 3), {"self_check.points": 6 + n}),
                made_by=maker,
                at=noon(),
            )
            for n, maker in enumerate(makers)
        ]
        ids, digests = [each.id for each in drafts], [each.digest for each in drafts]
    checker = given.user()

    def approve(n: int) -> str:
        try:
            with app.app_context(), transaction():
                versions.approve(
                    county_id=COUNTY,
                    draft_id=ids[n % 2],
                    digest=digests[n % 2],
                    approved_by=checker,
                    at=noon(),
                )
        except (AlreadyDecided, PolicyMovedOn) as refusal:
            return refusal.code
        return "approved"

    with ThreadPoolExecutor(8) as pool:
        answers = sorted(pool.map(approve, range(8)))

    assert answers == ["approved"] + ["decisions.decided"] * 3 + ["policy.moved_on"] * 4
    assert count(app, Policy) == 2
    with app.app_context():
        states = db.session.scalars(select(PolicyDraft.state)).all()
    assert sorted(states) == [DraftState.APPROVED, DraftState.DRAFT]


def test_a_boost_of_a_version_counts_from_its_first_day_to_its_last(
    decide, family, given, maker, checker, noon
):
    elsewhere = given.household(village=given.village())
    given.budget(elsewhere.village, 1_000)
    here = WEEK | {"region_id": str(family.village.town_id)}
    approved(checker, drafted(maker, {"checked.grade_b": 6}, boosts=[here]))
    noon.at = clock.day_start(date(2026, 6, 9)) + timedelta(hours=1)

    days = [clock.day_start(date(2026, 6, day)) for day in (1, 3, 8, 9)]

    assert [decide(family, happened_at=day).points for day in days] == [5, 10, 10, 5]
    assert [decide(elsewhere, happened_at=day).points for day in days] == [5, 5, 5, 5]


def test_the_bigger_of_two_boosts_counts_alone(decide, family, maker, checker, noon):
    bonus = WEEK | {"name": "加分周", "times": 1, "bonus": 9}
    approved(checker, drafted(maker, boosts=[WEEK, bonus]))
    noon.move(days=2)

    award = decide(family)

    assert (award.points, award.boost) == (16, 1)


def test_the_default_table_stands_for_a_new_county(app, given):
    given.county()

    with app.app_context():
        policy = queries.policy(COUNTY, 1)
        assert policy.rules == replace(Rules()).as_json()
        assert (policy.boosts, policy.made_by, policy.approved_by) == ([], None, None)
