"""Printing is issuing: what a QR code says is known to one answer only, and then to paper."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import aliased

from app.kernel import audit
from app.kernel.db import db
from app.kernel.ids import uuid7
from app.kernel.secrets import masked_name
from app.register.cards import tokens
from app.register.cards.errors import NothingToPrint, PlaceNotFound
from app.register.cards.locking import locked_cards
from app.register.cards.models import Card, CardState, CardStep
from app.register.cards.states import move_to
from app.register.households.models import Household, Member
from app.register.identity.caller import Caller
from app.register.identity.roles import Role
from app.register.regions import queries as regions
from app.register.regions.models import Region

SHEET_CARDS_MAX = 300
PRINTERS = (Role.GROUP_LEADER, Role.VILLAGE_ADMIN)


@dataclass(frozen=True)
class Wanted:
    """Whose cards: those of households in a place that have none yet, or of chosen households.

    ``is_again`` includes those of the place whose card was printed and not yet handed over, for a
    sheet that the printer spoiled. A chosen household always gets a new card.
    """

    region_id: UUID | None = None
    household_ids: Collection[UUID] = ()
    is_again: bool = False


@dataclass(frozen=True)
class PrintedCard:
    """What stands on one card."""

    qr: str
    number: str
    village: str
    group: str
    door_number: str
    head: str  # masked


@dataclass(frozen=True)
class Sheet:
    """Cards in the order of their doors, and how many more wait for another sheet."""

    cards: Sequence[PrintedCard]
    left: int
    ended: Sequence[Card]  # which could pay, and were replaced


@dataclass(frozen=True)
class _Door:
    household_id: UUID
    village: str
    group: str
    door_number: str
    head: str


def print_cards(*, wanted: Wanted, by: Caller, at: datetime) -> Sheet:
    """Make new cards for households in the caller's area; the cards they had end at once.

    Raises:
        PlaceNotFound: a place or household is not in the area.
        NothingToPrint: every household of the place has a card.
    """
    county_id = by.county_id
    doors, left = _doors(county_id, wanted, by.places(*PRINTERS))
    in_order = sorted(door.household_id for door in doors)
    ended: list[Card] = []
    for old in locked_cards(Card.county_id == county_id, Card.household_id.in_(in_order)):
        # A card that came into being meanwhile stays, unless somebody asked for that household.
        if wanted.household_ids or (wanted.is_again and old.state is CardState.PRINTED):
            if old.state is not CardState.PRINTED:
                ended.append(old)
            move_to(old, CardState.ENDED, by=by.user_id, at=at)
    made = _issued(county_id, in_order, by.user_id, at)
    if not made:
        raise NothingToPrint()
    audit.record(
        "cards.print",
        county_id=county_id,
        actor_id=by.user_id,
        subject=("region", wanted.region_id or county_id),
        at=at,
        count=len(made),
    )
    cards = [
        PrintedCard(
            qr=made[door.household_id].qr,
            number=made[door.household_id].number,
            village=door.village,
            group=door.group,
            door_number=door.door_number,
            head=masked_name(door.head),
        )
        for door in doors
        if door.household_id in made
    ]
    return Sheet(cards, left + len(doors) - len(cards), ended)


def _doors(county_id: int, wanted: Wanted, places: Collection[UUID]) -> tuple[Sequence[_Door], int]:
    """The households that get a card now, by their doors, and how many more there are."""
    village, group = aliased(Region), aliased(Region)
    chosen = _chosen(county_id, wanted, places)
    total = db.session.scalars(select(func.count()).select_from(Household).where(chosen)).one()
    if total < len(set(wanted.household_ids)):
        raise PlaceNotFound()
    rows = db.session.execute(
        select(Household.id, village.name, group.name, Household.door_number, Member.name)
        .join(village, village.id == Household.village_id)
        .join(group, group.id == Household.group_id)
        .join(Member, and_(Member.household_id == Household.id, Member.is_head))
        .where(chosen)
        .order_by(village.name, group.name, Household.door_number, Household.id)
        .limit(SHEET_CARDS_MAX)
    )
    doors = [_Door(*row) for row in rows]
    return doors, total - len(doors)


def _chosen(county_id: int, wanted: Wanted, places: Collection[UUID]) -> ColumnElement[bool]:
    ours = and_(
        Household.county_id == county_id, Household.group_id.in_(regions.inside(list(places)))
    )
    if wanted.region_id is None:
        return and_(ours, Household.id.in_(list(wanted.household_ids)))
    if not regions.is_inside(wanted.region_id, places):
        raise PlaceNotFound()
    keeps_its_card = [CardState.ACTIVE, CardState.BLOCKED]
    if not wanted.is_again:
        keeps_its_card.append(CardState.PRINTED)
    has_one = exists().where(
        Card.county_id == county_id,
        Card.household_id == Household.id,
        Card.state.in_(keeps_its_card),
    )
    return and_(ours, Household.group_id.in_(regions.inside([wanted.region_id])), ~has_one)


def _issued(
    county_id: int, household_ids: Sequence[UUID], by: UUID, at: datetime
) -> dict[UUID, tokens.Token]:
    """New cards by household, in three statements.

    Left out, for the next sheet, are households for whom somebody else printed at this moment, and
    those whose number is taken already. Everybody inserts in order of the ids, so that nobody
    waits for one who waits.
    """
    drawn = {household_id: tokens.new_token() for household_id in household_ids}
    rows = [
        {
            "county_id": county_id,
            "id": uuid7(at),
            "household_id": household_id,
            "digest": tokens.digest(token.qr),
            "number": token.number,
            "state": CardState.PRINTED,
            "wrong_pins": 0,
            "step": 1,
            "printed_at": at,
        }
        for household_id, token in drawn.items()
    ]
    if not rows:
        return {}
    added = insert(Card).values(rows).on_conflict_do_nothing()
    made = db.session.execute(added.returning(Card.id, Card.household_id)).all()
    db.session.add_all(
        CardStep(
            county_id=county_id,
            id=uuid7(at),
            card_id=card_id,
            ordinal=1,
            state=CardState.PRINTED,
            by=by,
            at=at,
        )
        for card_id, _ in made
    )
    return {household_id: drawn[household_id] for _, household_id in made}
