"""Rolls of bags: ordered from the factory, given to a household, made void."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from sqlalchemy import select, update

from app.kernel import audit
from app.kernel.db import db
from app.kernel.ids import uuid7
from app.register.assets import codes
from app.register.assets.errors import BagForged, HouseholdNotFound, RollIssued, RollNotFound
from app.register.assets.models import BagRoll, RollState
from app.register.assets.registering import REGISTRARS
from app.register.assets.streams import Stream
from app.register.households.models import Household
from app.register.identity.caller import Caller
from app.register.identity.roles import Role
from app.register.regions import queries as regions

ROLLS_MAX = 1_000
BAGS_OF_A_FILE_MAX = 60_000
ISSUERS = (*REGISTRARS, Role.GROUP_LEADER)


@dataclass(frozen=True)
class Order:
    """Rolls that were made together, and the file that the factory prints from."""

    id: UUID
    rolls: Sequence[BagRoll]
    content: bytes

    @property
    def bags(self) -> int:
        return sum(roll.bags for roll in self.rolls)

    @property
    def sha256(self) -> str:
        return sha256(self.content).hexdigest()


@dataclass(frozen=True)
class Bag:
    """One bag: its roll, and whose it is, if it was given out."""

    code: str
    roll_id: UUID
    stream: Stream
    household_id: UUID | None


def order(*, rolls: int, bags: int, stream: Stream, by: Caller, at: datetime) -> Order:
    """Make so many rolls for the factory to print; they are stocked until a household gets one."""
    order_id = uuid7(at)
    made = [
        BagRoll(
            county_id=by.county_id,
            id=uuid7(at),
            roll=codes.random_symbols(codes.ROLL_SYMBOLS),
            bags=bags,
            stream=stream,
            order_id=order_id,
            made_by=by.user_id,
            made_at=at,
            state=RollState.STOCKED,
            state_at=at,
        )
        for _ in range(rolls)
    ]
    db.session.add_all(made)
    db.session.flush()
    audit.record(
        "bags.order",
        county_id=by.county_id,
        actor_id=by.user_id,
        subject=("bag_order", order_id),
        at=at,
        rolls=rolls,
        bags=bags,
        stream=stream.value,
    )
    return ordered(by.county_id, order_id)


def ordered(county_id: int, order_id: UUID) -> Order:
    """An order and its file, the same whenever it is asked for.

    Raises:
        RollNotFound: there is no such order.
    """
    rolls = db.session.scalars(
        select(BagRoll)
        .where(BagRoll.county_id == county_id, BagRoll.order_id == order_id)
        .order_by(BagRoll.roll)
    ).all()
    if not rolls:
        raise RollNotFound()
    key, lines = codes.bag_key(), io.StringIO()
    writing = csv.writer(lines, lineterminator="\n")
    writing.writerow(("roll", "bag", "code"))
    for roll in rolls:
        for index in range(roll.bags):
            code = codes.bag_code(key, county_id, roll.roll, index)
            writing.writerow((roll.roll, index + 1, code))
    return Order(order_id, rolls, lines.getvalue().encode())


def issue(*, roll_id: UUID, household_id: UUID, by: Caller, at: datetime) -> BagRoll:
    """Give a roll to a household of the caller's area.

    Raises:
        HouseholdNotFound, RollNotFound: not of the area, or not of the county.
        RollIssued: somebody has it already, or it is void.
    """
    home = select(Household.id).where(
        Household.county_id == by.county_id,
        Household.id == household_id,
        Household.group_id.in_(regions.inside(by.places(*ISSUERS))),
    )
    if db.session.scalar(home) is None:
        raise HouseholdNotFound()
    return _moved(roll_id, RollState.STOCKED, RollState.ISSUED, household_id, by, at)


def void(*, roll_id: UUID, by: Caller, at: datetime) -> BagRoll:
    """Make a roll void that was stocked: what stands on its bags is nobody's then.

    Raises:
        RollNotFound, RollIssued: there is none, or a household has it.
    """
    return _moved(roll_id, RollState.STOCKED, RollState.VOID, None, by, at)


def bag(county_id: int, code: str) -> Bag:
    """The bag that was scanned.

    Raises:
        BagForged: we never printed it: wrong under the key, beyond its roll, or of no roll.
    """
    roll, index = codes.roll_and_index(codes.bag_key(), county_id, code)
    found = db.session.scalar(
        select(BagRoll).where(BagRoll.county_id == county_id, BagRoll.roll == roll)
    )
    if found is None or index >= found.bags or found.state is RollState.VOID:
        raise BagForged()
    return Bag(code, found.id, found.stream, found.household_id)


def _moved(
    roll_id: UUID,
    was: RollState,
    becomes: RollState,
    household_id: UUID | None,
    by: Caller,
    at: datetime,
) -> BagRoll:
    whole = (BagRoll.county_id == by.county_id, BagRoll.id == roll_id)
    moved = db.session.scalar(
        update(BagRoll)
        .where(*whole, BagRoll.state == was)
        .values(state=becomes, household_id=household_id, state_at=at)
        .returning(BagRoll.id)
    )
    roll = db.session.scalar(
        select(BagRoll).where(*whole).execution_options(populate_existing=True)
    )
    if roll is None:
        raise RollNotFound()
    if moved is None:
        raise RollIssued()
    audit.record(
        "bags.issue" if becomes is RollState.ISSUED else "bags.void",
        county_id=by.county_id,
        actor_id=by.user_id,
        subject=("bag_roll", roll_id),
        at=at,
        household_id=household_id,
    )
    return roll
