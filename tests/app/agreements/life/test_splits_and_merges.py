"""What happens to points, people and phones when a household becomes two, or two become one."""

from uuid import UUID

import pytest
from sqlalchemy import select

from app.agreements.proposals import service as deciding
from app.kernel.db import db, transaction
from app.points import ledger
from app.points.awards import debts
from app.points.awards import service as awards
from app.points.carried import jobs as carried
from app.register.households.bindings import bound
from app.register.households.models import Binding, HouseholdState
from app.register.identity.caller import Caller
from app.register.trust.errors import SameHousehold
from tests.given.changes import code_of, lies
from tests.given.factories import COUNTY
from tests.given.http import user_of
from tests.given.ledger import LATER, SHOP, SOON


def test_k1_t1_t11_a_split_is_agreed_waits_three_whole_days_and_carries_a_share(
    app, given, noon, registrar
):
    family = given.household(village=registrar.village, points=1001)
    given.points(family, 250, expires_on=LATER)
    given.points(family, 808, expires_on=None)
    registrar.people(family, 5)
    head = registrar.member(family)
    phone = given.resident(family)
    resident = Caller(user_of(app, phone), COUNTY, (), family.id, family.head_id)
    moving = registrar.moving(2, head)

    lines, blocks = registrar.preview(registrar.split, family, moving)

    assert blocks == []
    assert ("points", "400 分转到另一户（2027年3月31日前可用）") in lines
    assert ("people", "原来的户从 5 人变为 3 人") in lines
    assert registrar.buckets(family.id) == {SOON: 1001, LATER: 250, None: 808}, "only tried"

    asked = registrar.ask(registrar.split, family, moving)
    assert code_of(lambda: registrar.ask(registrar.split, family, moving)) == "register.change_open"
    registrar.agree(asked)
    assert registrar.row(asked).state == "proposed", "its phone has not agreed"
    registrar.agree(asked, resident)
    agreed_on = noon().date()
    given.points(family, 10)  # more to share is not another plan
    registrar.wait(days=3, hours=11)
    assert registrar.row(asked).done_at is None
    registrar.wait(hours=1, minutes=5)  # past the midnight that ends the third whole day

    row = registrar.row(asked)
    other = registrar.home(UUID(row.content["other_id"]))
    assert row.done_at is not None, row.reason
    assert (row.effective_at.date() - agreed_on).days == 3
    assert registrar.buckets(family.id) == {SOON: 607, LATER: 150, None: 485}
    assert registrar.buckets(other.id) == {SOON: 404, LATER: 100, None: 323}
    assert (registrar.home(family.id).member_count, other.member_count) == (3, 2)
    assert registrar.names(family.id) == [("王小明", True)]
    assert registrar.names(other.id) == [("王小红", True)]
    assert other.cap_root_id is None, "it has a door of its own"
    assert lies(app) == []


def test_of_three_days_anybody_on_a_phone_of_the_household_can_stop_it(app, given, noon, registrar):
    family = given.household(village=registrar.village, points=100)
    head = registrar.member(family)
    asked = registrar.ask(registrar.split, family, registrar.moving(1, head))
    registrar.agree(asked)
    late = Caller(user_of(app, given.resident(family)), COUNTY, (), family.id, family.head_id)

    registrar.wait(days=3, hours=11)
    with app.app_context(), transaction():
        deciding.stop(proposal_id=asked, reason="不是我家的意思", by=late, at=noon())
    registrar.wait(days=1)

    assert registrar.row(asked).state == "stopped"
    assert registrar.buckets(family.id) == {SOON: 100}


def test_k4_what_cannot_be_split_is_refused_with_what_to_do_first(app, given, registrar):
    family = given.household(village=registrar.village, points=90)
    known = given.household(village=registrar.village, head="李四")
    head = registrar.member(family)

    def blocks(moving):
        return registrar.preview(registrar.split, family, moving)[1]

    assert blocks(registrar.moving(3, head)) == [("register.more_than_there_is", {"people": 3})]
    assert blocks(registrar.moving(1, family.head_id)) == [("register.head_moves", {})]
    assert blocks(registrar.moving(1, known.head_id)) == [("register.not_of_the_household", {})]
    assert blocks(registrar.moving(1, head, earned=3, sale=0, of=2)) == [("register.bad_share", {})]
    assert registrar.buckets(family.id) == {SOON: 90}


def test_a_household_that_changes_meanwhile_is_not_split_as_it_was_asked(app, given, registrar):
    family = given.household(village=registrar.village, points=100)
    head = registrar.member(family)
    asked = registrar.ask(registrar.split, family, registrar.moving(1, head))
    registrar.agree(asked)

    registrar.member(family, "王小兰")
    registrar.wait(days=5)

    assert (registrar.row(asked).state, registrar.row(asked).reason) == (
        "failed",
        "decisions.moved_on",
    )
    assert registrar.buckets(family.id) == {SOON: 100}


def test_k7_k11_a_merge_carries_all_and_what_comes_back_later_follows(app, given, noon, registrar):
    goes = given.household(village=registrar.village, points=120)
    given.points(goes, 50, expires_on=None)
    stays = given.household(village=registrar.village, points=80, head="李四")
    phone = given.resident(goes)
    user = user_of(app, phone)
    own = Caller(user, COUNTY, (), goes.id, goes.head_id)

    lines, blocks = registrar.preview(registrar.merge, goes, stays)
    assert blocks == []
    assert ("people", "并来的 1 部手机改为绑定留下的户，要重新登录") in lines
    asked = registrar.ask(registrar.merge, goes, stays)
    registrar.agree(asked, own)
    registrar.agree(asked)
    registrar.wait(days=4)

    assert registrar.buckets(goes.id) == {}
    assert registrar.buckets(stays.id) == {SOON: 200, None: 50}
    closed = registrar.home(goes.id)
    assert (closed.state, closed.successor_id, closed.member_count) == (
        HouseholdState.CLOSED,
        stays.id,
        0,
    )
    assert registrar.home(stays.id).member_count == 6
    assert registrar.names(stays.id) == [("李四", True), ("王小明", False)]
    with app.app_context():
        assert bound([goes.id, stays.id]) == {stays.id}
        methods = select(Binding.method).where(Binding.user_id == user).order_by(Binding.bound_at)
        assert list(db.session.scalars(methods)) == ["phone", "moved"]
    assert phone.get("/api/v1/me").status_code == 401, "to be signed in anew"
    assert registrar.preview(registrar.merge, goes, stays)[1] == [("register.not_living", {})]

    given.points(goes, 90)  # a payment of before is taken back
    with app.app_context():
        carried.follow_successors()
        carried.follow_successors()

    assert registrar.buckets(goes.id) == {}
    assert registrar.buckets(stays.id) == {SOON: 290, None: 50}
    assert lies(app) == []


def test_an_award_of_before_is_taken_back_from_whoever_has_its_points_and_owed_by_each(
    app, given, noon, registrar, decide
):
    family = given.household(village=registrar.village)
    given.budget(registrar.village, 1000)
    registrar.people(family, 5)
    head = registrar.member(family)
    award = decide(family, awards.Rule.CHECKED_A)
    assert award.points == 10
    other = registrar.done(registrar.split, family, registrar.moving(2, head))
    assert [sum(registrar.buckets(one).values()) for one in (family.id, other)] == [6, 4]
    spend(app, noon, family.id, 5)
    spend(app, noon, other, 3)

    with app.app_context(), transaction():
        back = awards.reverse(county_id=COUNTY, award_id=award.id, because="查错了", at=noon())

    # 1 point of the one; of the 9 that it lacks, 3 by the other's share, which has 1; 8 are owed.
    assert (back.taken, back.owed) == (2, 8)
    with app.app_context():
        assert (debts.debt(COUNTY, family.id), debts.debt(COUNTY, other)) == (6, 2)
        assert registrar.buckets(family.id) == registrar.buckets(other) == {}
    stays = given.household(village=registrar.village, head="李四")
    registrar.done(registrar.merge, family, stays)
    with app.app_context():
        assert debts.debt(COUNTY, stays.id) == 6
        assert debts.owing(COUNTY, [family.id, stays.id, other]) == {stays.id, other}
    repaying = decide(stays, awards.Rule.CHECKED_A)
    with app.app_context():
        assert debts.debt(COUNTY, stays.id) == 0
    assert (repaying.points, repaying.repaid) == (10, 6)
    assert [one for one in lies(app) if one[0] != "a_reversal_moved_what_it_says"] == []


def test_t8_a_second_household_at_one_door_shares_its_caps(app, given, registrar, decide):
    family = given.household(village=registrar.village, door="8号")
    given.budget(registrar.village, 1000)
    head = registrar.member(family)
    moving = registrar.moving(1, head, door_number="8")
    other = registrar.done(registrar.split, family, moving)
    second = type(family)(other, head, registrar.village)

    first = decide(family, awards.Rule.SELF_CHECK)
    again = decide(second, awards.Rule.SELF_CHECK)

    assert registrar.home(other).cap_root_id == family.id
    assert (first.points, again.points) == (5, 0)


def test_nobody_splits_or_merges_their_own_household(app, given, registrar):
    family = given.household(village=registrar.village, points=100)
    other = given.household(village=registrar.village)
    head = registrar.member(family)
    given.resident(family, user_id=registrar.clerk.user_id)

    with pytest.raises(SameHousehold):
        registrar.ask(registrar.split, family, registrar.moving(1, head))
    with pytest.raises(SameHousehold):
        registrar.ask(registrar.merge, other, family)


def spend(app, noon, household_id, points):
    with app.app_context(), transaction():
        ledger.spend(
            county_id=COUNTY,
            household_id=household_id,
            reference=f"redemption:{household_id}",
            decided_at=noon(),
            kind=ledger.TransferKind.REDEMPTION,
            credit=ledger.shop(SHOP),
            amount=points,
        )
