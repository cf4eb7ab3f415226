"""Two phones at the same moment."""

from uuid import uuid4

from sqlalchemy import select

from app.kernel.db import db
from app.register.assets.streams import Stream
from app.waste.collection import handing_over
from app.waste.collection.handing_over import Amount, Passed
from app.waste.collection.models import Handover, HandoverState, Side
from tests.given.chains import at
from tests.given.inspections import evidence
from tests.given.races import together

__all__ = ["together"]


def test_two_halves_at_once_make_one_whole_and_a_record_sent_at_once_twice_is_one(
    app, chain, together
):
    receipt, drop_off = uuid4(), uuid4()

    def half(pair_id, side, by, ends):
        passed = Passed(
            pair_id=pair_id,
            side=side,
            stream=Stream.KITCHEN,
            from_asset_id=ends[0],
            to_asset_id=ends[1],
            amount=Amount(100_000),
            phone_time=at("10:48"),
            photo=evidence(),
        )
        return lambda: handing_over.hand_over(passed=passed, by=by, at=at("10:50"))

    to_plant, to_room = (chain.truck, chain.plant), (chain.cart, chain.room)
    works = [
        half(receipt, Side.GIVEN, chain.haulier, to_plant),
        half(receipt, Side.TAKEN, chain.operator, to_plant),
        *[half(drop_off, Side.GIVEN, chain.collector, to_room) for _ in range(4)],
    ]

    assert together(works) == {"done": 6}
    with app.app_context():
        rows = db.session.scalars(select(Handover)).all()
        found = {row.pair_id: (row.state, row.grams) for row in rows}
    assert len(rows) == 2
    assert found == {
        receipt: (HandoverState.WHOLE, 100_000),
        drop_off: (HandoverState.WHOLE, 100_000),
    }
