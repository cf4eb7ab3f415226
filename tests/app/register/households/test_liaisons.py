"""Who visits whom: by list, by the nearest door, and when a liaison leaves."""

import pytest

from app.agreements.relations.service import relate
from app.kernel.db import db, transaction
from app.register.households import liaisons
from app.register.households.errors import (
    HouseholdNotFound,
    LiaisonBusy,
    LiaisonRelated,
    NoLiaison,
    NothingToHandOver,
)
from app.register.households.models import Household, RelationKind
from app.register.identity.roles import Role


@pytest.fixture
def village(given):
    return given.village()


@pytest.fixture
def clerk(given, village):
    return given.caller(Role.VILLAGE_ADMIN, village.id)


@pytest.fixture
def door(given, village):
    """``door(3, liaison=somebody)``: the household behind it."""

    def make(number, **more):
        return given.household(village=village, door=f"{number}号", **more)

    return make


@pytest.fixture
def call(app, noon, clerk):
    def run(command, **arguments):
        with app.app_context(), transaction():
            return command(**{"at": noon(), "by": clerk, **arguments})

    return run


@pytest.fixture
def liaison_of(app):
    def read(family):
        with app.app_context():
            return db.session.get_one(Household, family.id).liaison_id

    return read


@pytest.fixture
def street(door, call):
    """T15: liaisons at 2 (of 14 households) and 7 (of 3); nobody visits 3, 4 and 5."""
    at_2 = door(2, is_party=True)
    at_7 = door(7, is_party=True, liaison=at_2)
    call(liaisons.assign, household_ids=[at_2.id], member_id=at_7.head_id)
    for number in (1, *range(101, 113)):
        door(number, liaison=at_2)
    for number in (6, 8):
        door(number, liaison=at_7)
    return at_2, at_7, {number: door(number) for number in (5, 3, 4)}


def loads(app, clerk):
    with app.app_context():
        found = liaisons.liaisons(clerk.places(Role.VILLAGE_ADMIN))
    return {one.door_number: one.households for one in found}


def test_t15_each_goes_to_the_nearest_who_has_room(app, village, clerk, street, call, liaison_of):
    at_2, at_7, free = street
    assert loads(app, clerk) == {"2号": 14, "7号": 3}
    nearest = {"group_id": village.group_id}

    tried = call(liaisons.nearest, **nearest, is_dry_run=True)
    assert [liaison_of(one) for one in free.values()] == [None] * 3, "only tried"
    done = call(liaisons.nearest, **nearest, is_dry_run=False)

    assert tried == done
    assert [(one.door_number, one.member_id, one.distance) for one in done.assigned] == [
        ("3号", at_2.head_id, 1),
        ("4号", at_7.head_id, 3),
        ("5号", at_7.head_id, 2),
    ]
    assert (done.left, loads(app, clerk)) == (0, {"2号": 15, "7号": 5})
    assert liaison_of(free[4]) == at_7.head_id


def test_t14_who_leaves_hands_over_to_one_or_to_the_nearest(
    app, given, clerk, street, call, liaison_of
):
    at_2, at_7, free = street

    done = call(liaisons.hand_over, member_id=at_7.head_id, to_id=None, is_dry_run=False)

    assert [(one.door_number, one.member_id) for one in done.assigned] == [("6号", at_2.head_id)]
    assert done.left == 2, "one is the other liaison's own, and that one is full"
    with pytest.raises(LiaisonRelated):  # its own household is among them
        call(liaisons.hand_over, member_id=at_2.head_id, to_id=at_7.head_id, is_dry_run=False)
    with pytest.raises(LiaisonBusy):
        call(liaisons.assign, household_ids=[free[3].id], member_id=at_2.head_id)
    with pytest.raises(NothingToHandOver):
        call(liaisons.hand_over, member_id=free[3].head_id, to_id=at_7.head_id, is_dry_run=False)
    assert loads(app, clerk) == {"2号": 15, "7号": 2}


def test_nobody_is_the_liaison_of_their_own_or_a_related_household(
    app, given, noon, door, clerk, call, liaison_of
):
    party, kin, other = door(1, is_party=True), door(2), door(3)
    call(relate, household_id=party.id, other_id=kin.id, kind=RelationKind.KIN)
    abroad = given.household(village=given.village())

    for refusal, households, member in (
        (LiaisonRelated, [party], party),
        (LiaisonRelated, [other, kin], party),
        (NoLiaison, [kin], other),
        (HouseholdNotFound, [abroad, other], party),
    ):
        with pytest.raises(refusal):
            call(
                liaisons.assign,
                household_ids=[one.id for one in households],
                member_id=member.head_id,
            )

    assert [liaison_of(one) for one in (party, kin, other)] == [None] * 3


def test_doors_stand_as_along_a_street():
    doors = ["10号", "2号", "10-1号", "甲3号", "9"]

    assert sorted(doors, key=liaisons.in_order) == ["甲3号", "2号", "9", "10号", "10-1号"]
