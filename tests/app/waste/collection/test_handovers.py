"""Hand-overs, two sides, offline: cases A7, B1 to B10 and C7 to C10."""

from datetime import timedelta
from itertools import permutations
from uuid import uuid4

import pytest
from sqlalchemy import func, select, text

from app.kernel.db import db, transaction
from app.register.assets import bags, codes
from app.register.assets.streams import Stream
from app.register.identity.roles import Role
from app.register.trust.errors import SameHousehold
from app.sorting.inspections.models import Check, CheckState, Grade
from app.waste.collection import correcting, queries
from app.waste.collection.balance import Odd, loads
from app.waste.collection.errors import (
    BagUsed,
    Contradicts,
    HandoverNotFound,
    HandoverPhotoNeeded,
    NoSideOfTheirs,
    NotDiffering,
    NotHere,
    PairReused,
    SameHands,
    SideTaken,
    VoidTooLate,
)
from app.waste.collection.handing_over import Amount, Line
from app.waste.collection.models import Handover, HandoverState, Leg, Side, VoidReason
from app.waste.collection.proof import QUESTIONS
from app.waste.collection.weights import How
from tests.given.chains import at
from tests.given.factories import COUNTY

KITCHEN = Line(Stream.KITCHEN, Amount(2_100))
RESIDUAL = Line(Stream.RESIDUAL, Amount(850))


@pytest.fixture(autouse=True)
def proved(app, chain):
    """After each test the proof finds nothing."""
    yield
    with app.app_context():
        assert [
            row for asked in QUESTIONS.values() for row in db.session.execute(text(asked))
        ] == []


def count(app, table) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(table))


def test_b1_b2_a_collection_sent_three_times_is_one_check_two_handovers_and_ten_points(
    app, given, chain
):
    pair_id = uuid4()

    answers = [
        chain.collect(KITCHEN, RESIDUAL, pair_id=pair_id, when=at("06:40")) for _ in range(3)
    ]

    first = answers[0]
    assert [(one.line, one.stream, one.grams, one.how, one.leg) for one in first.handovers] == [
        (1, Stream.KITCHEN, 2_100, How.TYPED, Leg.COLLECTION),
        (2, Stream.RESIDUAL, 850, How.TYPED, Leg.COLLECTION),
    ]
    assert {one.state for one in first.handovers} == {HandoverState.WHOLE}
    for again in answers[1:]:
        assert again.check.id == first.check.id
        assert [one.id for one in again.handovers] == [one.id for one in first.handovers]
    with pytest.raises(PairReused):  # B2
        chain.collect(
            Line(Stream.KITCHEN, Amount(2_200)), RESIDUAL, pair_id=pair_id, when=at("06:40")
        )
    assert (count(app, Check), count(app, Handover)) == (1, 2)
    assert given.spendable(chain.family) == 10


@pytest.mark.parametrize("giver_first", [True, False])
@pytest.mark.parametrize(
    ("given_side", "taken_side", "state", "grams"),
    [
        ((148_000, How.TYPED), (145_040, How.TYPED), HandoverState.WHOLE, 145_040),  # B3
        ((148_000, How.TYPED), (145_039, How.TYPED), HandoverState.DIFFERS, None),  # B4
        ((3_900_000, How.RECKONED), (3_350_000, How.CERTIFIED), HandoverState.WHOLE, 3_350_000),
    ],
    ids=["B3", "B4", "B6"],
)
def test_b3_b4_b6_two_sides_meet_in_either_order(
    app, chain, giver_first, given_side, taken_side, state, grams
):
    pair_id = uuid4()
    sides = [
        (Side.GIVEN, chain.haulier, given_side, at("10:48")),
        (Side.TAKEN, chain.operator, taken_side, at("10:50")),
    ]

    for side, by, (weight, how), when in sides if giver_first else sides[::-1]:
        found = chain.passed(
            chain.truck, chain.plant, weight, when, by, side=side, how=how, pair_id=pair_id
        )

    assert (found.state, found.grams, found.at) == (state, grams, at("10:50"))
    assert (found.leg, found.given_grams, found.taken_grams) == (
        Leg.RECEIPT,
        given_side[0],
        taken_side[0],
    )
    assert count(app, Handover) == 1


def test_b8_b9_two_people_are_a_pair_and_a_third_is_none(app, given, chain):
    pair_id = uuid4()
    receipt = {"source": chain.truck, "to": chain.plant, "pair_id": pair_id}
    both = given.caller(Role.TREATMENT_OPERATOR, chain.village.county_region_id)
    both = type(both)(both.user_id, COUNTY, grants=(*both.grants, *chain.haulier.grants))

    half = chain.passed(grams=148_000, when=at("10:48"), by=both, **receipt)
    assert half.state is HandoverState.HALF
    with pytest.raises(SameHands):  # B8
        chain.passed(grams=148_000, when=at("10:50"), by=both, side=Side.TAKEN, **receipt)
    with pytest.raises(NoSideOfTheirs):  # a plant takes by who works there
        chain.passed(grams=1, when=at("10:50"), by=chain.haulier, side=Side.TAKEN, **receipt)
    chain.passed(grams=148_000, when=at("10:50"), by=chain.operator, side=Side.TAKEN, **receipt)
    third = given.caller(Role.TREATMENT_OPERATOR, chain.village.county_region_id)
    with pytest.raises(SideTaken):  # B9
        chain.passed(grams=148_000, when=at("10:51"), by=third, side=Side.TAKEN, **receipt)
    with pytest.raises(PairReused):
        chain.passed(grams=1, when=at("10:51"), by=chain.operator, side=Side.TAKEN, **receipt)
    assert count(app, Handover) == 1


def test_sides_that_name_another_stream_differ_and_the_takers_stands_in_either_order(chain):
    found = []
    for order in permutations((Side.GIVEN, Side.TAKEN)):
        pair_id = uuid4()
        for side in order:
            is_given = side is Side.GIVEN
            handover = chain.passed(
                chain.truck,
                chain.plant,
                148_000,
                at("10:48") if is_given else at("10:50"),
                chain.haulier if is_given else chain.operator,
                side=side,
                stream=Stream.KITCHEN if is_given else Stream.RESIDUAL,
                pair_id=pair_id,
            )
        found.append((handover.stream, handover.state, handover.grams, handover.giver_named))

    assert found[0] == found[1]
    assert found[0][:3] == (Stream.RESIDUAL, HandoverState.DIFFERS, None)
    assert found[0][3]["stream"] == "kitchen"


def test_b10_a_record_that_comes_too_late_stands_at_the_servers_time_and_earns_nothing(
    given, chain
):
    received = at("06:40") + timedelta(days=4)

    done = chain.collect(KITCHEN, when=at("06:40"), received=received)

    assert (done.check.state, done.handovers[0].at) == (CheckState.HELD, received)
    assert given.spendable(chain.family) == 0


def test_a7_a_bag_is_collected_once_whoever_comes(app, given, chain, noon):
    office = given.caller(Role.COUNTY_ADMIN, chain.village.county_region_id)
    neighbours = given.household(village=chain.village)
    with app.app_context(), transaction():
        order = bags.order(rolls=1, bags=30, stream=Stream.KITCHEN, by=office, at=noon())
        roll = order.rolls[0]
        bags.issue(roll_id=roll.id, household_id=chain.family.id, by=office, at=noon())
    with app.app_context():
        code = codes.bag_code(codes.bag_key(), COUNTY, roll.roll, 0)
    bag = Line(Stream.KITCHEN, Amount(2_100), bag_code=code)
    other = given.caller(Role.COLLECTOR, chain.village.id)

    chain.collect(bag, when=at("06:40"))
    with pytest.raises(BagUsed):
        chain.collect(bag, when=at("2 06:40"), by=other)
    with pytest.raises(Contradicts):
        chain.collect(bag, when=at("2 06:40"), by=other, household_id=neighbours.id)

    assert (count(app, Handover), count(app, Check)) == (1, 1)


def test_what_is_not_theirs_or_lacks_its_photo_is_refused_and_nothing_else(app, given, chain):
    stranger = given.caller(Role.HAULIER, given.village().id)
    load = {"source": chain.room, "to": chain.truck, "grams": 1_000, "when": at("09:30")}

    with pytest.raises(NotHere):
        chain.passed(by=stranger, **load | {"source": chain.cart, "to": chain.room})
    with pytest.raises(NotHere):
        chain.passed(by=chain.haulier, **load | {"to": uuid4()})
    with pytest.raises(Contradicts):
        chain.passed(by=chain.haulier, **load | {"to": chain.room})
    with pytest.raises(HandoverPhotoNeeded):
        chain.passed(by=chain.haulier, photo=None, **load)
    assert count(app, Handover) == 0
    chain.passed(by=chain.haulier, **load)  # more than ever came in: recorded
    assert count(app, Handover) == 1


def test_a_handover_is_taken_back_on_the_day_and_by_whoever_recorded_it(app, chain):
    done = chain.passed(chain.cart, chain.room, 148_000, at("08:10"), chain.collector)

    def void(by, when):
        with app.app_context(), transaction():
            return correcting.void(handover_id=done.id, reason=VoidReason.TWICE, by=by, at=when)

    with pytest.raises(HandoverNotFound):
        void(chain.haulier, at("09:00"))
    with pytest.raises(VoidTooLate):
        void(chain.collector, at("2 09:00"))
    assert void(chain.collector, at("09:00")).state is HandoverState.VOID
    with pytest.raises(VoidTooLate):
        void(chain.collector, at("09:01"))


def test_what_differs_is_settled_by_somebody_who_is_no_side_of_it(app, given, chain, noon):
    pair_id, receipt = uuid4(), (chain.truck, chain.plant)
    chain.passed(*receipt, 148_000, at("10:48"), chain.haulier, pair_id=pair_id)
    differing = chain.passed(
        *receipt, 100_000, at("10:50"), chain.operator, side=Side.TAKEN, pair_id=pair_id
    )
    noon.move(days=-8)  # no longer fresh in office
    root = chain.village.county_region_id
    official = given.user()
    given.grant(official, Role.COUNTY_ADMIN, root)
    noon.move(days=8)
    admin = given.caller(Role.COUNTY_ADMIN, root, official)
    village_admin = given.caller(Role.VILLAGE_ADMIN, chain.village.id)

    def settle(by):
        with app.app_context(), transaction():
            return correcting.settle(
                handover_id=differing.id, grams=145_000, note="看过磅单", by=by, at=noon()
            )

    with pytest.raises(HandoverNotFound):  # it comes from beyond the village
        settle(village_admin)
    settled = settle(admin)
    assert (settled.state, settled.grams, settled.how) == (
        HandoverState.SETTLED,
        145_000,
        How.TYPED,
    )
    with pytest.raises(NotDiffering):
        settle(admin)


def test_c7_a_late_record_falls_into_its_place_in_every_order_of_arrival(app, chain):
    def balance_after(order):
        records = {
            "in": lambda: chain.passed(
                chain.cart,
                chain.room,
                1_000_000,
                at("07:00"),
                chain.collector,
                received=at("21:00"),
            ),
            "late": lambda: chain.passed(
                chain.cart,
                chain.room,
                148_000,
                at("08:10"),
                chain.collector,
                received=at("21:00"),
            ),
            "out": lambda: chain.passed(
                chain.room,
                chain.truck,
                1_148_000,
                at("09:30"),
                chain.haulier,
                received=at("21:00"),
            ),
        }
        made = [records[name]() for name in order]
        with app.app_context():
            found = loads(
                COUNTY, chain.room, Stream.KITCHEN, since=at("00:00"), until=at("2 00:00")
            )
        for one, by in zip(made, order, strict=True):
            voider = chain.haulier if by == "out" else chain.collector
            with app.app_context(), transaction():
                correcting.void(
                    handover_id=one.id, reason=VoidReason.TWICE, by=voider, at=at("22:00")
                )
        return [(one.balance.difference, one.balance.odd) for one in found]

    before = balance_after(["in", "out"])
    after = {tuple(balance_after(order)) for order in permutations(("in", "late", "out"))}

    assert before == [(-148_000, Odd.GAIN)]
    assert after == {((0, None),)}


def test_c9_what_left_before_the_emptying_belongs_to_the_load(app, chain):
    residual = {"stream": Stream.RESIDUAL}
    chain.passed(chain.cart, chain.room, 300_000, at("08:10"), chain.collector, **residual)
    chain.passed(
        chain.room, chain.truck, 200_000, at("09:00"), chain.haulier, empties=False, **residual
    )
    chain.passed(chain.cart, chain.room, 180_000, at("12:00"), chain.collector, **residual)
    chain.passed(chain.room, chain.truck, 275_000, at("17:00"), chain.haulier, **residual)

    with app.app_context():
        (load,) = loads(COUNTY, chain.room, Stream.RESIDUAL, since=at("00:00"), until=at("2 00:00"))

    assert (load.balance.difference, load.balance.odd, load.is_open) == (5_000, None, False)


def test_c10_the_households_waste_is_followed_to_the_plant(app, given, chain):
    chain.collect(KITCHEN, when=at("06:40"))
    chain.passed(chain.cart, chain.room, 148_000, at("08:10"), chain.collector)
    client = given.resident(chain.family)

    def sentence():
        return client.get("/api/v1/journeys?day=2026-06-01").json["items"][0]

    assert sentence()["sentence"] == "您的 2.1 公斤 → 还在中转房"
    chain.passed(chain.room, chain.truck, 1_210_000, at("09:30"), chain.haulier)
    chain.passed(chain.truck, chain.plant, 3_420_000, at("10:50"), chain.operator, side=Side.TAKEN)

    journey = sentence()
    assert journey["sentence"] == "您的 2.1 公斤 → 3.42 吨 → 处置点"
    assert [(leg["ordinal"], leg["leg"], leg["to_kind"]) for leg in journey["legs"]] == [
        (1, "collection", "vehicle"),
        (2, "drop_off", "transfer_room"),
        (3, "load", "vehicle"),
        (4, "receipt", "plant"),
    ]


def test_nothing_put_out_is_a_check_without_handovers_and_nobody_collects_at_home(
    app, given, chain, noon
):
    done = chain.collect(grade=None, when=at("06:40"))
    own = given.household(village=chain.village)
    user = given.user()
    given.resident(own, user_id=user)
    at_home = given.caller(Role.COLLECTOR, chain.village.id, user)

    assert (done.check.grade, done.check.is_put_out, done.handovers) == (None, False, [])
    with pytest.raises(SameHousehold):
        chain.collect(KITCHEN, when=at("07:40"), by=at_home, household_id=own.id)
    with app.app_context():
        listed = queries.to_collect(chain.collector, [chain.village.id], at=noon())
    assert {one.id: one.is_done for one in listed} == {chain.family.id: False, own.id: False}
    assert done.check.grade is not Grade.C
