"""The tree of places: who lies in what, and what it refuses."""

from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest
from sqlalchemy import select

from app.kernel import clock
from app.kernel.db import db, transaction
from app.register.identity.roles import Role
from app.register.regions import queries, service
from app.register.regions.errors import (
    BadName,
    CountyExists,
    CountyNotFound,
    CountyNotNamed,
    NothingInsideGroup,
    RegionExists,
    RegionNotFound,
)
from app.register.regions.models import Region, RegionKind
from tests.given.factories import COUNTY
from tests.given.http import assert_refused
from tests.given.proposals import agree


@pytest.fixture
def work(app):
    """A transaction in an application context of its own."""

    def run(command):
        with app.app_context(), transaction():
            return command()

    return run


def add(parent_id, name, county_id=COUNTY):
    return service.add_region(
        county_id=county_id, parent_id=parent_id, name=name, actor_id=None, at=clock.now()
    )


def test_each_level_holds_the_next(work, given):
    county = given.county()

    town = work(lambda: add(county, "和平镇"))
    village = work(lambda: add(town.id, "前进村"))
    group = work(lambda: add(village.id, " 一组 "))

    assert [town.kind, village.kind, group.kind] == ["town", "village", "group"]
    assert (group.name, group.path) == ("一组", [county, town.id, village.id, group.id])
    with pytest.raises(NothingInsideGroup):
        work(lambda: add(group.id, "更小"))


@pytest.mark.parametrize(
    ("name", "error"), [("和平镇", RegionExists), ("  ", BadName), ("长" * 31, BadName)]
)
def test_a_name_that_is_taken_or_unfit_is_refused(work, given, name, error):
    county = given.county()
    work(lambda: add(county, "和平镇"))

    with pytest.raises(error):
        work(lambda: add(county, name))

    assert len(work(lambda: queries.tree(COUNTY))) == 2


def test_a_parent_of_another_county_is_not_found(work, given):
    given.county()
    elsewhere = given.county(990102)

    with pytest.raises(RegionNotFound):
        work(lambda: add(elsewhere, "和平镇"))


def test_a_county_is_entered_once(work):
    work(lambda: service.create_county(county_id=COUNTY, name="示范县", at=clock.now()))

    with pytest.raises(CountyExists) as refusal:
        work(lambda: service.create_county(county_id=COUNTY, name="另一县", at=clock.now()))

    assert refusal.value.sentence() == "区划代码 990101 已经登记过了"
    assert [county.name for county in work(queries.counties)] == ["示范县"]


def test_inside_a_place_is_the_place_and_all_in_it(work, given):
    here, there = given.village(), given.village()

    def inside(*places):
        return set(db.session.scalars(queries.inside(places)))

    assert work(lambda: inside(here.town_id)) == {here.town_id, here.id, here.group_id}
    assert work(lambda: inside(here.group_id, there.id)) == {
        here.group_id,
        there.id,
        there.group_id,
    }
    assert len(work(lambda: inside(here.county_region_id))) == 7
    assert work(inside) == set()


def test_the_only_county_need_not_be_named(work, given):
    with pytest.raises(CountyNotNamed):
        work(lambda: queries.named_or_only_county(None))
    given.county()
    assert work(lambda: queries.named_or_only_county(None)).id == COUNTY
    given.county(990102)
    with pytest.raises(CountyNotNamed):
        work(lambda: queries.named_or_only_county(None))
    with pytest.raises(CountyNotFound):
        work(lambda: queries.named_or_only_county(990199))


def test_a_place_is_found_by_its_names(work, given):
    county = given.county()
    town = work(lambda: add(county, "和平镇"))
    village = work(lambda: add(town.id, "前进村"))

    def found(*names):
        place = work(lambda: queries.by_path(COUNTY, names))
        return place and place.id

    assert found() == county
    assert found("和平镇", "前进村") == village.id
    assert found("丰收镇", "前进村") is None


@pytest.mark.race("app.register.regions.service.add_region")
def test_of_eight_who_enter_one_name_at_once_one_does(app, work, given, committed):
    county = given.county()

    def attempt(_):
        try:
            return work(lambda: add(county, "和平镇")).id
        except RegionExists as refusal:
            return refusal.code

    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(attempt, range(8)))

    assert outcomes.count("regions.exists") == 7
    towns = work(lambda: db.session.scalars(select(Region.id).filter_by(kind="town")).all())
    assert towns == [next(found for found in outcomes if isinstance(found, UUID))]


@pytest.fixture
def admins(given):
    """Two administrators of the county."""
    return [given.staff(Role.COUNTY_ADMIN, given.county()) for _ in range(2)]


def propose(client, parent, name):
    return client.post("/api/v1/regions", json={"parent_id": str(parent), "name": name})


def names(client, query="") -> list[str]:
    return [place["name"] for place in client.get(f"/api/v1/regions{query}").json]


def test_two_administrators_add_a_place_and_everybody_reads_the_tree(given, admins):
    county, visitor = given.county(), given.visitor()

    added = propose(admins[0], county, "和平 镇")

    assert added.status_code == 202, added.json
    assert added.json["title"] == "新增示范县下面的镇街“和平镇”"
    assert added.json["lines"] == [{"label": "示范县下面的镇街", "before": None, "after": "和平镇"}]
    assert_refused(agree(admins[0], added.json["id"]), 403, "trust.same_person")
    assert names(visitor) == ["示范县"]

    assert agree(admins[1], added.json["id"]).status_code == 200
    assert names(visitor) == ["示范县", "和平镇"]
    assert names(visitor, f"?parent_id={county}") == ["和平镇"]
    assert_refused(propose(admins[0], county, "和平镇"), 409, "regions.exists")


def test_several_places_wait_side_by_side_and_one_name_is_entered_once(given, admins):
    county = given.county()
    first, second = (propose(admins[0], county, name).json["id"] for name in ("甲镇", "乙镇"))
    assert_refused(propose(admins[1], county, "甲镇"), 409, "proposals.proposed_already")

    assert agree(admins[1], first).status_code == 200
    assert agree(admins[1], second).status_code == 200
    assert names(admins[0]) == ["示范县", "乙镇", "甲镇"]


def test_what_is_there_already_when_another_agrees_is_refused(work, given, admins):
    county = given.county()
    proposal = propose(admins[0], county, "和平镇").json["id"]
    work(lambda: add(county, "和平镇"))

    assert_refused(agree(admins[1], proposal), 409, "regions.exists")


def test_nothing_is_proposed_inside_a_group(given, admins):
    village = given.village()

    assert_refused(
        propose(admins[0], village.group_id, "更小"), 422, "regions.nothing_inside_a_group"
    )
    elsewhere = given.county(990102)
    assert_refused(propose(admins[0], elsewhere, "和平镇"), 404, "regions.not_found")


@pytest.mark.parametrize("role", [Role.TOWN_ADMIN, Role.VILLAGE_ADMIN, Role.AUDITOR])
def test_nobody_but_the_county_adds_places(given, role):
    county = given.county()
    client = given.staff(role, county)

    answer = client.post("/api/v1/regions", json={"parent_id": str(county), "name": "和平镇"})

    assert answer.status_code == 403
    assert len(client.get("/api/v1/regions").json) == 1


def test_places_of_another_county_are_not_shown(given):
    given.county()
    elsewhere = given.village(county_id=990102)

    tree = given.visitor().get(f"/api/v1/regions?parent_id={elsewhere.town_id}")

    assert tree.json == []


def test_the_kinds_are_a_ladder():
    assert [kind.child for kind in RegionKind] == ["town", "village", "group", None]
    assert [kind.parent for kind in RegionKind] == [None, "county", "town", "village"]


@pytest.mark.parametrize("typed", ["高桥 村", "高桥村\u200b", "⾼桥村"])
def test_a_village_is_found_however_its_name_was_typed(app, given, typed):
    village = given.village()
    with app.app_context(), transaction():
        town_id = db.session.get_one(Region, village.id).parent_id
        made = service.add_region(
            county_id=COUNTY, parent_id=town_id, name=typed, actor_id=None, at=clock.now()
        )
        assert made.name == "高桥村"

        with pytest.raises(RegionExists):
            service.add_region(
                county_id=COUNTY, parent_id=town_id, name="高桥村", actor_id=None, at=clock.now()
            )


def test_a_name_that_nobody_can_read_is_refused(app, given):
    county = given.county()
    with app.app_context(), transaction(), pytest.raises(BadName):
        service.add_region(
            county_id=COUNTY, parent_id=county, name="前\ufffd镇", actor_id=None, at=clock.now()
        )
