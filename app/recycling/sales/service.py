"""Entering who buys, weighing what a household sells, and the bonuses for it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from app.kernel import audit, clock
from app.kernel.db import db
from app.kernel.ids import uuid7
from app.kernel.jobs import defer
from app.kernel.units import yuan_text
from app.photos import service as photos
from app.photos.jobs import prepare
from app.photos.uploads import taken
from app.points import awards, ledger
from app.points.awards import queries as award_queries
from app.points.awards.payable import Table, table_of
from app.recycling.sales import limits, queries, rows, signing
from app.recycling.sales.errors import (
    ClientIdReused,
    NoRecycler,
    PhotoRepeated,
    RecyclerKnown,
    RecyclerOutOfMoney,
    SellerNotFound,
)
from app.recycling.sales.models import Recycler, Sale, SaleLine, SaleState
from app.recycling.sales.notices import SALE_AWAITS_YES
from app.recycling.sales.pricing import Weighed, bonus_by, low_value_grams, priced
from app.recycling.sales.undoing import VOID_WITHIN
from app.register import trust
from app.register.households.locking import lock_households
from app.register.households.models import Household
from app.register.identity.caller import Caller
from app.register.identity.roles import Role
from app.register.regions.models import Region
from app.register.regions.queries import paths

WEIGHERS = (Role.COLLECTOR, Role.BOOTH_KEEPER, Role.RECYCLER_AGENT)


def add_recycler(
    *, county_id: int, region_id: UUID, name: str, owner_id: UUID, by: UUID, at: datetime
) -> Recycler:
    """Enter the company that buys in a region, as two people agreed.

    Raises:
        RecyclerKnown: the region has one.
    """
    recycler_id = uuid7(at)
    added = (
        insert(Recycler)
        .values(
            id=recycler_id,
            county_id=county_id,
            region_id=region_id,
            name=name,
            owner_id=owner_id,
            added_by=by,
            created_at=at,
            signs_from=clock.day_of(at),
        )
        .on_conflict_do_nothing()
        .returning(Recycler.id)
    )
    if db.session.scalar(added) is None:
        raise RecyclerKnown()
    audit.record(
        "sales.add_recycler",
        county_id=county_id,
        actor_id=by,
        subject=("recycler", recycler_id),
        at=at,
    )
    return db.session.get_one(Recycler, recycler_id)


@dataclass(frozen=True)
class Kept:
    """By what a phone knows a record that it kept until it had network, and when it made it."""

    client_id: UUID
    phone_time: datetime


def sell(
    *,
    household_id: UUID,
    weighed: Sequence[Weighed],
    photo: BinaryIO | UUID | None,
    kept: Kept | None = None,
    by: Caller,
    at: datetime,
) -> Sale:
    """Pay a household for what was weighed, out of the recycler's money.

    Everything is refused before the goods change hands, and then nothing is recorded. What goes
    beyond the sum that one person may pay waits for a yes: ``answering`` pays it. ``photo`` of the
    scale is a file, or the id of an upload of the caller's. What a phone ``kept`` is paid when it
    comes, at the prices of that moment; a repeat returns the first one.

    Raises:
        SellerNotFound, ClientIdReused: not where the caller weighs, or another household's record.
        SameHousehold, Related: nobody weighs for their own, or for their relations.
        NoRecycler, NoPrice: nobody buys here, or not this.
        DayNotSigned, DayDiffers: the recycler has not agreed to what was weighed the day before.
        TooMuchInADay, HouseholdDayLimit, KeeperDayLimit: the limits of a day.
        PhotoNeeded, PhotoRepeated: no evidence of what lay on the scale.
        what ``photos.uploads.taken`` does: the photo was not taken.
        RecyclerOutOfMoney: what the recycler has paid in is used up.
        NoPolicy: the county has none.
    """
    if first := _sold_before(household_id, kept, by):
        return first
    home, role = _where(household_id, by, at)
    recycler_id = _recycler_of(home.village_id)
    if role is not Role.RECYCLER_AGENT:
        signing.check_signed(village_id=home.village_id, by=by, at=at)
    upload = taken(photo, county_id=by.county_id, user_id=by.user_id, at=at) if photo else None
    policy = award_queries.policy_of(by.county_id, clock.day_of(at))
    lock_households([household_id])  # sales of one household take turns: the day's limits
    if (first := _sold_before(household_id, kept, by)) is not None:
        return first
    lines, needs_yes = _within_limits(home, weighed, table_of(policy), upload, by, at)
    sale = Sale(
        county_id=by.county_id,
        id=uuid7(at),
        household_id=household_id,
        village_id=home.village_id,
        recycler_id=recycler_id,
        weighed_by=by.user_id,
        weighed_as=role,
        state=SaleState.AWAITING_YES if needs_yes else SaleState.PAID,
        sold_at=at,
        day=clock.day_of(at),
        policy_version=policy.version,
        points=sum(line.points for line in lines),
        photo_id=_evidence(upload, home, by, at) if upload is not None else None,
        **(vars(kept) if kept else {}),
        lines=lines,
    )
    db.session.add(sale)
    rows.trace("sales.sell", sale, by.user_id, at)
    _pay_or_ask(sale, needs_yes=needs_yes, at=at)
    return sale


def _pay_or_ask(sale: Sale, *, needs_yes: bool, at: datetime) -> None:
    if needs_yes:
        _check_funds(sale)
        rows.tell(SALE_AWAITS_YES, sale, at)
    else:
        rows.pay(sale)
    db.session.flush()


def decide_bonuses(*, county_id: int, sale_id: UUID, at: datetime) -> tuple[awards.Award, ...]:
    """Award the bonuses for the weight of a sale, once, when its day is over.

    They are of the village's budget, as every award; a sale that was undone has none, and one that
    can still be voided waits.
    """
    sale = rows.locked_sale(county_id, sale_id)
    if (
        sale is None
        or sale.state is not SaleState.PAID
        or sale.bonus_decided_at is not None
        or sale.day >= clock.day_of(at)
        or at < sale.paid_at + VOID_WITHIN
    ):
        return ()
    sale.bonus_decided_at = at
    bonuses = {
        awards.Rule.SALE_BONUS: sum(line.grams or 0 for line in sale.lines),
        awards.Rule.LOW_VALUE_BONUS: low_value_grams(sale.lines),
    }
    events = [
        awards.Event(
            household_id=sale.household_id,
            village_id=sale.village_id,
            rule=rule,
            evidence_kind=awards.Evidence.SALE,
            evidence_id=sale.id,
            happened_at=sale.sold_at,
            quantity=grams,
        )
        for rule, grams in bonuses.items()
        if grams
    ]
    return awards.decide(
        county_id=county_id,
        events=events,
        decided_by=sale.weighed_by,
        decided_as=sale.weighed_as,
        at=at,
    )


def _sold_before(household_id: UUID, kept: Kept | None, by: Caller) -> Sale | None:
    if kept is None:
        return None
    first = db.session.scalar(
        select(Sale).where(
            Sale.county_id == by.county_id,
            Sale.weighed_by == by.user_id,
            Sale.client_id == kept.client_id,
        )
    )
    if first is not None and first.household_id != household_id:
        raise ClientIdReused()
    return first


def _where(household_id: UUID, by: Caller, at: datetime) -> tuple[Household, Role]:
    """The household, and the role in which the caller works where it lives."""
    row = db.session.execute(
        select(Household, Region.path)
        .join(Region, Region.id == Household.group_id)
        .where(Household.county_id == by.county_id, Household.id == household_id)
    ).one_or_none()
    roles = {grant.role for grant in by.grants if row is not None and grant.place_id in row.path}
    role = next((role for role in WEIGHERS if role in roles), None)
    if row is None or role is None:
        raise SellerNotFound()
    trust.beside([], by.user_id, concerned=trust.Concerned(households=[household_id]), at=at)
    return row.Household, role


def _recycler_of(village_id: UUID) -> UUID:
    """The recycler of the village, or of the smallest region around it that has one."""
    path = paths([village_id])[village_id]
    by_region = queries.recyclers_of(path)
    for region_id in reversed(path):
        if region_id in by_region:
            return by_region[region_id]
    raise NoRecycler()


def _within_limits(
    home: Household,
    weighed: Sequence[Weighed],
    table: Table,
    upload: photos.Upload | None,
    by: Caller,
    at: datetime,
) -> tuple[list[SaleLine], bool]:
    """The lines with their prices, and whether they wait for a yes; refused beyond a limit."""
    today, places = clock.day_of(at), paths([home.village_id])[home.village_id]
    bonus = bonus_by(table, day=today, places=places)
    day = queries.day_of(by.county_id, home.id, today, bonus)
    lines = priced(weighed, table.rules, day.sold)
    limits.check_amounts(day, lines, table.rules)
    grams = sum(line.grams or 0 for line in lines)
    points = sum(line.points for line in lines) + bonus(grams, low_value_grams(lines))
    limits.check_points(day, points, bonus, by=by, at=at)
    if upload is None:
        limits.check_photo(day, points, county_id=by.county_id)
    return lines, limits.needs_yes(day, points, county_id=by.county_id)


def _evidence(upload: photos.Upload, home: Household, by: Caller, at: datetime) -> UUID:
    """The photo of the scale, to be screened by a job. Raises PhotoRepeated."""
    photo = photos.receive(
        upload,
        county_id=home.county_id,
        household_id=home.id,
        group_id=home.group_id,
        uploaded_by=by.user_id,
        at=at,
    )
    if photo.repeats_id is not None:
        raise PhotoRepeated()
    db.session.flush()
    defer(prepare, str(home.county_id), str(photo.id))
    return photo.id


def _check_funds(sale: Sale) -> None:
    """Refuse before the goods change hands what could not be paid even with a yes."""
    has = ledger.balance(sale.county_id, ledger.recycler(sale.recycler_id)).available
    if has < sale.points:
        missing = sale.points - has
        raise RecyclerOutOfMoney(missing_fen=missing, missing_yuan=yuan_text(missing))
