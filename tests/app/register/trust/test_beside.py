"""Who stands beside whom: another person, of another household, not related, not interested."""

from datetime import timedelta
from uuid import UUID

import pytest

from app.kernel.db import db, transaction
from app.kernel.decisions import SamePerson
from app.kernel.secrets import vault
from app.register.households.models import HouseholdRelation, RelationKind
from app.register.identity.models import User
from app.register.trust import Concerned, beside
from app.register.trust.errors import Interested, Related, SameHousehold


@pytest.fixture
def asks(app, noon):
    """``asks(makers, checker, …)``: asks whether the checker is beside them now."""

    def ask(makers, checker, *, households=(), users=(), at=None):
        concerned = Concerned(households=households, users=users)
        with app.app_context():
            beside(makers, checker, concerned=concerned, at=at or noon())

    return ask


@pytest.fixture
def bound(given):
    """``bound(family)``: another user who acts for the family as its head."""

    def bind(family) -> UUID:
        user_id = given.user()
        given.resident(family, user_id=user_id)
        return user_id

    return bind


@pytest.fixture
def related(app, given, noon):
    """``related(one, other)``: an administrator has entered it; ``ended_at``, and ended it."""
    clerk = given.user()

    def relate(one, other, ended_at=None):
        smaller, larger = sorted((one.id, other.id))
        with app.app_context(), transaction():
            db.session.add(
                HouseholdRelation(
                    id=UUID(int=9),
                    household_id=smaller,
                    other_id=larger,
                    kind=RelationKind.KIN,
                    entered_by=clerk,
                    entered_at=noon(),
                    ended_by=clerk if ended_at else None,
                    ended_at=ended_at,
                )
            )

    return relate


def test_two_people_of_nobody_are_beside_each_other(given, asks):
    asks([given.user(), given.user()], given.user(), users=[given.user()])


def test_two_people_of_two_households_are_beside_each_other(given, asks, bound):
    one, other, third = (bound(given.household()) for _ in range(3))

    asks([one, other], third, households=[given.household().id])


def test_the_maker_is_not_beside_themselves(given, asks):
    maker = given.user()

    with pytest.raises(SamePerson):
        asks([given.user(), maker], maker)


def test_two_phones_of_one_person_are_one_person(given, asks, bound):
    family = given.household()

    with pytest.raises(SamePerson):
        asks([bound(family)], bound(family))


def test_a_member_of_the_makers_household_is_not_beside_them(app, given, asks, bound):
    family = given.household()
    maker, wife = bound(family), bound(family)
    with app.app_context(), transaction():
        db.session.get_one(User, wife).person_id = None  # nobody knows that person

    with pytest.raises(SameHousehold):
        asks([maker], wife)


def test_the_roster_knows_a_member_who_never_bound(app, given, asks, bound):
    family = given.household(phone="13900000001")
    staff = given.user()
    with app.app_context(), transaction():
        db.session.get_one(User, staff).phone_index = vault().index("13900000001", "phone")
        db.session.get_one(User, staff).phone_sealed = vault().seal("13900000001", "phone")

    with pytest.raises(SameHousehold):
        asks([bound(family)], staff)
    with pytest.raises(SameHousehold):
        asks([], staff, households=[family.id])


def test_nobody_is_apart_from_their_own_household(given, asks, bound):
    family = given.household()

    with pytest.raises(SameHousehold):
        asks([], bound(family), households=[family.id])


def test_related_households_are_not_beside_each_other(given, asks, bound, related):
    one, other = given.household(), given.household()
    related(one, other)

    for maker, checker in ((one, other), (other, one)):
        with pytest.raises(Related):
            asks([bound(maker)], bound(checker))
        with pytest.raises(Related):
            asks([], bound(checker), households=[maker.id])
    asks([bound(one)], bound(given.household()))


def test_a_relation_counts_for_a_year_after_its_end(given, asks, bound, related, noon):
    one, other = given.household(), given.household()
    related(one, other, ended_at=noon())
    maker, checker = bound(one), bound(other)

    with pytest.raises(Related):
        asks([maker], checker, at=noon() + timedelta(days=365, seconds=-1))
    asks([maker], checker, at=noon() + timedelta(days=365))


def test_an_interested_person_is_refused_on_another_phone_too(given, asks, bound):
    family = given.household()
    phone, other_phone = bound(family), bound(family)

    for checker in (phone, other_phone):
        with pytest.raises(Interested):
            asks([given.user()], checker, users=[phone])
