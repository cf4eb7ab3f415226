"""What one person enters: a move, a birth, a death; and where days are counted after a move."""

from datetime import date

import pytest

from app.agreements.life import registering, service
from app.kernel.db import transaction
from app.register.households.bindings import bound
from app.register.households.life import Seen
from app.register.regions.models import RegionKind
from app.register.regions.service import add_region
from app.register.trust.errors import SameHousehold
from app.sorting.rates.queries import Period, counts_of_households, counts_of_places
from tests.given.changes import code_of, lies
from tests.given.factories import COUNTY
from tests.given.ledger import SOON


@pytest.fixture
def second_group(app, noon, registrar):
    with app.app_context(), transaction():
        return add_region(
            county_id=COUNTY,
            parent_id=registrar.village.id,
            name="二组",
            actor_id=None,
            at=noon(),
        ).id


@pytest.fixture
def enter(app, noon, registrar):
    """Enter a change of a household; returns its sentences as they were tried."""

    def run(command, family, document=Seen.HOUSEHOLD_REGISTER, **facts):
        at, by = noon(), registrar.clerk
        named = {"household_id": family.id, "document": document, "by": by, "at": at, **facts}
        with app.app_context(), transaction():
            tried = registering.preview(command(**named))
            registering.enter(command(**named), by=by)
        return [(line.area, line.text) for line in tried.lines]

    return run


def test_t7_days_count_where_they_were_lived_and_points_stay(
    app, given, noon, registrar, second_group, enter
):
    family = given.household(village=registrar.village, points=640)
    noon.move(days=19)  # 20 June

    lines = enter(
        registering.move,
        family,
        group_id=second_group,
        door_number="12号",
        from_on=date(2026, 6, 10),
    )

    assert lines[0] == ("people", "从2026年6月10日起算住在新的地方，以前的成绩留在原来的组")
    assert registrar.buckets(family.id) == {SOON: 640}
    moved = registrar.home(family.id)
    assert (moved.group_id, moved.door_number) == (second_group, "12号")
    june = Period(date(2026, 6, 1), date(2026, 7, 1))
    groups = [registrar.village.group_id, second_group]
    with app.app_context():
        counts = counts_of_places(COUNTY, RegionKind.GROUP, groups, june)
        village = counts_of_places(COUNTY, RegionKind.VILLAGE, [registrar.village.id], june)
        own = counts_of_households(COUNTY, [family.id], june)
    assert [counts[one].days for one in groups] == [9, 21]
    assert village[registrar.village.id].days == own[family.id].days == 30
    assert village[registrar.village.id].households == 1
    assert lies(app) == []


def test_t5_a_move_is_entered_for_no_day_to_come_and_none_too_long_ago(
    app, given, noon, registrar, second_group, enter
):
    family = given.household(village=registrar.village)
    noon.move(days=60)  # 31 July
    to = {"group_id": second_group, "door_number": "12号"}

    def refused(day):
        return code_of(lambda: enter(registering.move, family, from_on=day, **to))

    assert refused(date(2026, 6, 29)) == "register.too_long_ago"
    assert refused(date(2026, 8, 1)) == "register.not_yet"
    assert registrar.home(family.id).group_id == registrar.village.group_id
    with app.app_context():
        tried = registering.preview(
            registering.move(
                household_id=family.id,
                document=Seen.ID_CARD,
                by=registrar.clerk,
                at=noon(),
                from_on=date(2026, 6, 29),
                **to,
            )
        )
    assert [block.details for block in tried.blocks] == [{"earliest": "2026年6月30日"}]


def test_who_dies_acts_no_more_and_a_birth_counts_one(app, given, noon, registrar, enter):
    family = given.household(village=registrar.village, points=100)
    grandmother = registrar.member(family, "王阿婆")
    user_id = given.user()
    phone = given.resident(type(family)(family.id, grandmother, family.village), user_id=user_id)

    enter(registering.birth, family)
    lines = enter(registering.death, family, Seen.DEATH_CERTIFICATE, member_id=grandmother)

    assert lines[:2] == [
        ("people", "这一户从 4 人变为 3 人"),
        ("people", "去世的人绑定的 1 部手机马上解除，登记的手机号删掉"),
    ]
    assert registrar.names(family.id) == [("王小明", True)]
    assert registrar.home(family.id).member_count == 3
    assert registrar.buckets(family.id) == {SOON: 100}
    assert phone.get("/api/v1/me").status_code == 401
    with app.app_context():
        assert bound([family.id]) == set()
    head = {"member_id": family.head_id, "document": Seen.DEATH_CERTIFICATE}
    assert code_of(lambda: enter(registering.death, family, **head)) == "register.head_dies"
    assert lies(app) == []


def test_nobody_enters_anything_of_their_own_household(app, given, registrar, enter):
    family = given.household(village=registrar.village)
    given.resident(family, user_id=registrar.clerk.user_id)

    with pytest.raises(SameHousehold):
        enter(registering.birth, family)

    assert registrar.home(family.id).member_count == 3


def test_t13_a_head_who_dies_has_a_successor_in_the_same_change(app, given, noon, registrar):
    family = given.household(village=registrar.village, points=100)
    known, nameless = registrar.member(family), registrar.member(family, "王小兰", is_known=False)
    unknown = given.household(village=registrar.village)

    def head(member_id, has_died=True):
        return service.head(
            household_id=family.id,
            new_head=member_id,
            has_died=has_died,
            document=Seen.DEATH_CERTIFICATE,
            by=registrar.clerk,
            at=noon(),
        )

    assert registrar.preview(head, nameless)[1] == [("register.head_needs_identity", {})]
    assert registrar.preview(head, family.head_id)[1] == [("register.head_already", {})]
    assert registrar.preview(head, unknown.head_id)[1] == [("register.not_of_the_household", {})]
    asked = registrar.ask(head, known)
    registrar.agree(asked)
    registrar.wait(days=4)

    assert registrar.row(asked).done_at is not None, registrar.row(asked).reason
    assert registrar.names(family.id) == [("王小红", True), ("王小兰", False)]
    assert registrar.home(family.id).member_count == 2
    assert registrar.buckets(family.id) == {SOON: 100}
    assert lies(app) == []
