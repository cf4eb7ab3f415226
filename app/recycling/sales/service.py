"""Weighing what a household sells, paying for it, and taking a mistake back on its day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from app.kernel import audit, clock
from app.kernel.db import db, locked
from app.kernel.ids import derived_uuid7, uuid7
from app.points import awards, ledger
from app.points.awards import queries as award_queries
from app.points.awards.rules import LINES, Rules, read_rules
from app.recycling.sales import queries
from app.recycling.sales.errors import (
    NoPrice,
    NoRecycler,
    NotAnArea,
    NothingToReverse,
    OwnHousehold,
    RecyclerKnown,
    RecyclerOutOfMoney,
    SaleNotFound,
    SalePointsSpent,
    SaleUndone,
    SellerNotFound,
    TooMuchInADay,
    VoidTooLate,
)
from app.recycling.sales.models import Material, Recycler, Sale, SaleLine, SaleState
from app.register.households.locking import lock_households
from app.register.households.models import Household
from app.register.identity.caller import Caller
from app.register.identity.roles import Role
from app.register.regions.models import Region
from app.register.regions.queries import inside, paths

WEIGHERS = (Role.COLLECTOR, Role.BOOTH_KEEPER, Role.RECYCLER_AGENT)


@dataclass(frozen=True)
class Weighed:
    """One material on the scale: grams, or pieces of what is counted."""

    material: Material
    quantity: int


def add_recycler(*, region_id: UUID, name: str, by: Caller, at: datetime) -> Recycler:
    """Enter the company that buys in a region.

    Raises:
        NotAnArea: no region where the caller administers the county.
        RecyclerKnown: the region has one.
    """
    region = select(Region.id).where(Region.county_id == by.county_id, Region.id == region_id)
    within = inside(by.places(Role.COUNTY_ADMIN))
    if db.session.scalar(region.where(Region.id.in_(within))) is None:
        raise NotAnArea()
    recycler_id = uuid7(at)
    added = (
        insert(Recycler)
        .values(
            id=recycler_id,
            county_id=by.county_id,
            region_id=region_id,
            name=name,
            added_by=by.user_id,
            created_at=at,
        )
        .on_conflict_do_nothing()
        .returning(Recycler.id)
    )
    if db.session.scalar(added) is None:
        raise RecyclerKnown()
    audit.record(
        "sales.add_recycler",
        county_id=by.county_id,
        actor_id=by.user_id,
        subject=("recycler", recycler_id),
        at=at,
    )
    return db.session.get_one(Recycler, recycler_id)


def sell(*, household_id: UUID, weighed: Sequence[Weighed], by: Caller, at: datetime) -> Sale:
    """Pay a household for what was weighed, out of the recycler's money.

    Everything is refused before the goods change hands, and then nothing is recorded.

    Raises:
        SellerNotFound: the household is not where the caller weighs.
        OwnHousehold: nobody weighs for their own.
        NoRecycler, NoPrice: nobody buys here, or not this.
        TooMuchInADay: the household sold its day's limit.
        RecyclerOutOfMoney: what the recycler has paid in is used up.
        NoPolicy: the county has no points policy.
    """
    assert weighed, "the schema admits one line or more"
    village_id, role = _where(household_id, by)
    recycler_id = _recycler_of(village_id)
    policy = award_queries.policy_of(by.county_id, clock.day_of(at))
    rules = read_rules(policy.rules)
    lines = [_priced(n, one, rules) for n, one in enumerate(weighed, start=1)]
    lock_households([household_id])  # sales of one household take turns: the day's limit
    _check_limits(by.county_id, household_id, lines, rules, at)
    points, sale_id = sum(line.points for line in lines), uuid7(at)
    reference = f"sale:{sale_id}"
    sale = Sale(
        county_id=by.county_id,
        id=sale_id,
        household_id=household_id,
        village_id=village_id,
        recycler_id=recycler_id,
        weighed_by=by.user_id,
        weighed_as=role,
        state=SaleState.PAID,
        sold_at=at,
        day=clock.day_of(at),
        policy_version=policy.version,
        points=points,
        transfer_id=derived_uuid7(at, reference) if points else None,
        lines=lines,
    )
    db.session.add(sale)
    _trace("sales.sell", sale, by.user_id, at)
    db.session.flush()
    if points:
        _pay(sale, reference)
    return sale


def void(*, sale_id: UUID, because: str, by: Caller, at: datetime) -> Sale:
    """Take a sale back on its day. Only who weighed it may; the household reads ``because``.

    Raises:
        SaleNotFound: none that the caller weighed.
        SaleUndone, VoidTooLate: it cannot be voided any more.
        SalePointsSpent: the household has spent its points.
    """
    sale = _locked_sale(by.county_id, sale_id)
    if sale is None or sale.weighed_by != by.user_id:
        raise SaleNotFound()
    if sale.state is not SaleState.PAID:
        raise SaleUndone()
    if sale.day != clock.day_of(at):
        raise VoidTooLate()
    sale.state, sale.undone_at, sale.undone_because = SaleState.VOID, at, because
    _trace("sales.void", sale, by.user_id, at)
    db.session.flush()
    _take_back(sale, ledger.TransferKind.VOID, f"sale_void:{sale.id}", at)
    return sale


def check_reversible(sale: Sale) -> None:
    """Raises SaleUndone or NothingToReverse when it cannot be reversed."""
    if sale.state is not SaleState.PAID:
        raise SaleUndone()
    if not sale.points:
        raise NothingToReverse()


def reverse(*, county_id: int, sale_id: UUID, because: str, at: datetime) -> None:
    """Give the price of a sale back to the recycler; the household reads ``because``.

    Its bonuses are awards, and are reversed as such.

    Raises:
        SaleNotFound, SaleUndone, NothingToReverse: there is nothing to reverse.
        SalePointsSpent: the household has spent its points.
        ledger.AccountFrozen: an account of the household is frozen.
    """
    sale = _locked_sale(county_id, sale_id)
    if sale is None:
        raise SaleNotFound()
    check_reversible(sale)
    sale.state, sale.undone_at, sale.undone_because = SaleState.REVERSED, at, because
    db.session.flush()
    _take_back(sale, ledger.TransferKind.REVERSAL, f"sale_reversal:{sale.id}", at)


def decide_bonuses(*, county_id: int, sale_id: UUID, at: datetime) -> tuple[awards.Award, ...]:
    """Award the bonuses for the weight of a sale, once, when its day is over.

    They are of the village's budget, as every award; a sale that was undone has none.
    """
    sale = _locked_sale(county_id, sale_id)
    if (
        sale is None
        or sale.state is not SaleState.PAID
        or sale.bonus_decided_at is not None
        or sale.day >= clock.day_of(at)
    ):
        return ()
    sale.bonus_decided_at = at
    bonuses = {
        awards.Rule.SALE_BONUS: sum(line.grams or 0 for line in sale.lines),
        awards.Rule.LOW_VALUE_BONUS: sum(
            line.grams or 0 for line in sale.lines if line.material.is_low_value
        ),
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


def _where(household_id: UUID, by: Caller) -> tuple[UUID, Role]:
    """The household's village, and the role in which the caller works there."""
    if household_id == by.household_id:
        raise OwnHousehold()
    home = db.session.execute(
        select(Household.village_id, Region.path)
        .join(Region, Region.id == Household.group_id)
        .where(Household.county_id == by.county_id, Household.id == household_id)
    ).one_or_none()
    roles = {grant.role for grant in by.grants if home is not None and grant.place_id in home.path}
    role = next((role for role in WEIGHERS if role in roles), None)
    if home is None or role is None:
        raise SellerNotFound()
    return home.village_id, role


def _recycler_of(village_id: UUID) -> UUID:
    """The recycler of the village, or of the smallest region around it that has one."""
    path = paths([village_id])[village_id]
    by_region = queries.recyclers_of(path)
    for region_id in reversed(path):
        if region_id in by_region:
            return by_region[region_id]
    raise NoRecycler()


def _priced(number: int, weighed: Weighed, rules: Rules) -> SaleLine:
    material, quantity = weighed.material, weighed.quantity
    price_fen = rules.price_fen(material.value)
    if price_fen == 0 and not material.is_low_value:
        raise NoPrice(label=LINES[f"price.{material.value}"].label.partition("，")[0])
    is_counted = material.is_counted
    return SaleLine(
        number=number,
        material=material,
        grams=None if is_counted else quantity,
        pieces=quantity if is_counted else None,
        price_fen=price_fen,
        # Half a fen is rounded up.
        points=quantity * price_fen if is_counted else (quantity * price_fen + 500) // 1_000,
    )


def _check_limits(
    county_id: int, household_id: UUID, lines: Sequence[SaleLine], rules: Rules, at: datetime
) -> None:
    grams, pieces = queries.sold_on(county_id, household_id, clock.day_of(at))
    new_grams = sum(line.grams or 0 for line in lines)
    new_pieces = sum(line.pieces or 0 for line in lines)
    if grams + new_grams > rules.sale_grams_per_day_max:
        raise TooMuchInADay(sold=grams, limit=rules.sale_grams_per_day_max, unit="克")
    if pieces + new_pieces > rules.sale_pieces_per_day_max:
        raise TooMuchInADay(sold=pieces, limit=rules.sale_pieces_per_day_max, unit="个")


def _pay(sale: Sale, reference: str) -> None:
    try:
        ledger.post(
            county_id=sale.county_id,
            reference=reference,
            decided_at=sale.sold_at,
            kind=ledger.TransferKind.SALE,
            debit=ledger.recycler(sale.recycler_id),
            credit=ledger.household(sale.household_id),
            amount=sale.points,
        )
    except ledger.InsufficientPoints as short:
        raise RecyclerOutOfMoney(**short.missing_money()) from None


def _take_back(sale: Sale, kind: ledger.TransferKind, reference: str, at: datetime) -> None:
    if not sale.points:
        return
    try:
        ledger.post(
            county_id=sale.county_id,
            reference=reference,
            decided_at=at,
            kind=kind,
            debit=ledger.household(sale.household_id),
            credit=ledger.recycler(sale.recycler_id),
            amount=sale.points,
        )
    except ledger.InsufficientPoints as short:
        raise SalePointsSpent(missing=short.missing) from None


def _locked_sale(county_id: int, sale_id: UUID) -> Sale | None:
    """The sale, after its household: whoever decides about its points takes turns there."""
    household_id = db.session.scalar(
        select(Sale.household_id).where(Sale.county_id == county_id, Sale.id == sale_id)
    )
    if household_id is None:
        return None
    lock_households([household_id])
    return db.session.scalar(
        locked(select(Sale).where(Sale.county_id == county_id, Sale.id == sale_id))
    )


def _trace(action: str, sale: Sale, actor_id: UUID, at: datetime) -> None:
    audit.record(
        action,
        county_id=sale.county_id,
        actor_id=actor_id,
        subject=("sale", sale.id),
        at=at,
        points=sale.points,
        household_id=str(sale.household_id),
        recycler_id=str(sale.recycler_id),
    )
