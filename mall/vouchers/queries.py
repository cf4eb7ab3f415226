"""What is for sale, what a household bought, and what is left of each kind."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select

from app.kernel import clock
from app.kernel.db import db
from app.kernel.lists import Listed, Wanted, listed
from app.register.households.models import Household
from app.register.regions.models import Region
from mall.merchants.models import Merchant, MerchantState, Shop
from mall.vouchers.errors import PlatformNotFound
from mall.vouchers.models import (
    ClaimState,
    CodeState,
    KindState,
    Outcome,
    Platform,
    PurchaseState,
    VoucherBatch,
    VoucherClaim,
    VoucherCode,
    VoucherKind,
    VoucherPurchase,
    VoucherViewing,
)
from mall.vouchers.outside import outside_shop


def left(kind_id: UUID, *, at: datetime) -> int:
    """How many codes of a kind can still be sold."""
    kind = db.session.get_one(VoucherKind, kind_id)
    platform = db.session.get_one(Platform, kind.platform_id)
    return outside_shop(platform).left([kind.id], on=clock.day_of(at))[kind.id]


@dataclass(frozen=True)
class OnSale:
    """A kind as residents see it."""

    kind: VoucherKind
    platform_name: str
    left: int

    @property
    def id(self) -> UUID:
        return self.kind.id

    @property
    def left_words(self) -> str:
        return f"还有 {self.left} 张" if self.left else "售罄"


@dataclass(frozen=True)
class Bought:
    """A purchase as its household sees it. The code is not in it."""

    id: UUID
    kind_id: UUID
    name: str
    value: str
    terms: str
    platform_name: str
    points: int
    market_price_fen: int
    state: PurchaseState
    bought_at: datetime
    refunded_at: datetime | None
    used_at: datetime | None
    last_on: date
    claim_state: ClaimState | None  # of the code that it has now, or that was refunded
    claim_outcome: Outcome | None
    claim_note: str | None


@dataclass(frozen=True)
class Stock:
    """What became of the codes of a kind. ``imported`` is the sum of the others."""

    id: UUID
    name: str
    platform_name: str
    state: KindState
    points_price: int
    low_mark: int
    imported: int
    waiting: int  # of batches to which nobody else has agreed
    sold: int
    faulty: int
    expired: int
    left: int  # past their last day or not: the night's sweep takes out what is

    @property
    def left_fen(self) -> int:
        """What those that are left would bring the merchant."""
        return self.left * self.points_price

    @property
    def is_low(self) -> bool:
        return self.state is KindState.LISTED and self.left < self.low_mark


@dataclass(frozen=True)
class ClaimRow:
    """A claim as staff see it: who looked at the code when, and never the code."""

    claim: VoucherClaim
    kind_name: str
    platform_name: str
    tail: str
    batch_id: UUID
    row_number: int
    points: int
    bought_at: datetime
    viewings: int

    @property
    def id(self) -> UUID:
        return self.claim.id


def on_sale(
    county_id: int, household_id: UUID, *, before: UUID | None, limit: int, at: datetime
) -> list[OnSale]:
    """The kinds that the household may buy, newest first, also those that are sold out."""
    path = (
        select(Region.path)
        .join(Household, Household.group_id == Region.id)
        .where(Household.id == household_id)
        .scalar_subquery()
    )
    for_everybody = func.cardinality(VoucherKind.buyer_region_ids) == 0
    query = (
        select(VoucherKind, Platform)
        .join(Platform, Platform.id == VoucherKind.platform_id)
        .join(Shop, Shop.id == Platform.shop_id)
        .join(Merchant, Merchant.id == Platform.merchant_id)
        .where(
            VoucherKind.county_id == county_id,
            VoucherKind.state == KindState.LISTED,
            Shop.is_open,
            Merchant.state == MerchantState.ACTIVE,
            or_(for_everybody, VoucherKind.buyer_region_ids.overlap(path)),
        )
    )
    if before is not None:
        query = query.where(VoucherKind.id < before)
    rows = db.session.execute(query.order_by(VoucherKind.id.desc()).limit(limit)).all()
    left: dict[UUID, int] = {}
    for adapter in {platform.adapter for _, platform in rows}:
        of_it = [(kind.id, platform) for kind, platform in rows if platform.adapter is adapter]
        shop = outside_shop(of_it[0][1])
        left |= shop.left([kind_id for kind_id, _ in of_it], on=clock.day_of(at))
    return [OnSale(kind, platform.name, left[kind.id]) for kind, platform in rows]


def purchases(
    county_id: int, household_id: UUID, *, before: UUID | None, limit: int
) -> list[Bought]:
    """What the household bought, newest first."""
    query = _bought(county_id).where(VoucherPurchase.household_id == household_id)
    if before is not None:
        query = query.where(VoucherPurchase.id < before)
    rows = db.session.execute(query.order_by(VoucherPurchase.id.desc()).limit(limit))
    return [Bought(**row) for row in rows.mappings()]


def purchase(county_id: int, purchase_id: UUID) -> Bought:
    """A purchase that exists, as its household sees it."""
    query = _bought(county_id).where(VoucherPurchase.id == purchase_id)
    return Bought(**db.session.execute(query).mappings().one())


def platforms(
    county_id: int,
    *,
    merchant_ids: Collection[UUID] | None,
    before: UUID | None,
    limit: int,
) -> Sequence[Platform]:
    """The platforms of these merchants, or all of the county's, newest first."""
    query = select(Platform).where(Platform.county_id == county_id, *_of(merchant_ids))
    if before is not None:
        query = query.where(Platform.id < before)
    return db.session.scalars(query.order_by(Platform.id.desc()).limit(limit)).all()


def platform(
    county_id: int, platform_id: UUID, *, merchant_ids: Collection[UUID] | None
) -> Platform:
    """A platform of these merchants, or any of the county. Raises PlatformNotFound."""
    query = select(Platform).where(
        Platform.county_id == county_id, Platform.id == platform_id, *_of(merchant_ids)
    )
    found = db.session.scalar(query)
    if found is None:
        raise PlatformNotFound()
    return found


def stocks(
    county_id: int,
    *,
    merchant_ids: Collection[UUID] | None,
    before: UUID | None,
    limit: int,
) -> list[Stock]:
    """What is left of each kind, newest first, withdrawn ones too."""
    query = (
        select(VoucherKind.id)
        .join(Platform, Platform.id == VoucherKind.platform_id)
        .where(VoucherKind.county_id == county_id, *_of(merchant_ids))
    )
    if before is not None:
        query = query.where(VoucherKind.id < before)
    chosen = query.order_by(VoucherKind.id.desc()).limit(limit).scalar_subquery()
    return _stocks(VoucherKind.id.in_(chosen))


def low_stocks(county_id: int) -> list[Stock]:
    """The listed kinds of which fewer are left than the county wants."""
    listed = (VoucherKind.county_id == county_id, VoucherKind.state == KindState.LISTED)
    return [stock for stock in _stocks(*listed, VoucherKind.low_mark > 0) if stock.is_low]


def batches(
    county_id: int, kind_id: UUID, *, before: UUID | None, limit: int
) -> Sequence[VoucherBatch]:
    """The files that were imported of a kind, newest first."""
    query = select(VoucherBatch).where(
        VoucherBatch.county_id == county_id, VoucherBatch.kind_id == kind_id
    )
    if before is not None:
        query = query.where(VoucherBatch.id < before)
    return db.session.scalars(query.order_by(VoucherBatch.id.desc()).limit(limit)).all()


def claims(county_id: int, wanted: Wanted) -> Listed[ClaimRow]:
    """The claims of the county, newest first."""
    return listed(_claims(county_id), VoucherClaim, wanted).each(lambda row: ClaimRow(*row))


def claim(county_id: int, claim_id: UUID) -> ClaimRow:
    """A claim that exists, as staff see it."""
    return ClaimRow(
        *db.session.execute(_claims(county_id).where(VoucherClaim.id == claim_id)).one()
    )


def _of(merchant_ids: Collection[UUID] | None) -> list[ColumnElement[bool]]:
    return [] if merchant_ids is None else [Platform.merchant_id.in_(merchant_ids)]


def _bought(county_id: int) -> Any:
    return (
        select(
            VoucherPurchase.id,
            VoucherPurchase.kind_id,
            VoucherKind.name,
            VoucherKind.value,
            VoucherKind.terms,
            Platform.name.label("platform_name"),
            VoucherPurchase.points,
            VoucherPurchase.market_price_fen,
            VoucherPurchase.state,
            VoucherPurchase.bought_at,
            VoucherPurchase.refunded_at,
            VoucherPurchase.used_at,
            VoucherCode.last_on,
            VoucherClaim.state.label("claim_state"),
            VoucherClaim.outcome.label("claim_outcome"),
            VoucherClaim.note.label("claim_note"),
        )
        .join(VoucherKind, VoucherKind.id == VoucherPurchase.kind_id)
        .join(Platform, Platform.id == VoucherKind.platform_id)
        .join(
            VoucherCode,
            and_(
                VoucherCode.county_id == VoucherPurchase.county_id,
                VoucherCode.id == VoucherPurchase.code_id,
            ),
        )
        .outerjoin(
            VoucherClaim,
            and_(
                VoucherClaim.county_id == VoucherPurchase.county_id,
                VoucherClaim.code_id == VoucherPurchase.code_id,
            ),
        )
        .where(VoucherPurchase.county_id == county_id)
    )


def _stocks(*which: ColumnElement[bool]) -> list[Stock]:
    def counted(state: CodeState) -> ColumnElement[int]:
        return func.count().filter(VoucherCode.state == state)

    rows: Iterable[Any] = db.session.execute(
        select(
            VoucherKind.id,
            VoucherKind.name,
            Platform.name,
            VoucherKind.state,
            VoucherKind.points_price,
            VoucherKind.low_mark,
            func.count(VoucherCode.id),
            counted(CodeState.WAITING),
            counted(CodeState.SOLD),
            counted(CodeState.FAULTY),
            counted(CodeState.EXPIRED),
            counted(CodeState.FREE),
        )
        .join(Platform, Platform.id == VoucherKind.platform_id)
        .outerjoin(
            VoucherCode,
            and_(
                VoucherCode.county_id == VoucherKind.county_id,
                VoucherCode.kind_id == VoucherKind.id,
            ),
        )
        .where(*which)
        .group_by(VoucherKind.id, Platform.name)
        .order_by(VoucherKind.id.desc())
    )
    return [Stock(*row) for row in rows]


def _claims(county_id: int) -> Any:
    viewings = (
        select(func.count())
        .where(
            VoucherViewing.county_id == VoucherClaim.county_id,
            VoucherViewing.purchase_id == VoucherClaim.purchase_id,
            VoucherViewing.code_id == VoucherClaim.code_id,
        )
        .correlate(VoucherClaim)
        .scalar_subquery()
    )
    return (
        select(
            VoucherClaim,
            VoucherKind.name,
            Platform.name,
            VoucherCode.tail,
            VoucherCode.batch_id,
            VoucherCode.row_number,
            VoucherPurchase.points,
            VoucherPurchase.bought_at,
            viewings,
        )
        .join(
            VoucherPurchase,
            and_(
                VoucherPurchase.county_id == VoucherClaim.county_id,
                VoucherPurchase.id == VoucherClaim.purchase_id,
            ),
        )
        .join(
            VoucherCode,
            and_(
                VoucherCode.county_id == VoucherClaim.county_id,
                VoucherCode.id == VoucherClaim.code_id,
            ),
        )
        .join(VoucherKind, VoucherKind.id == VoucherCode.kind_id)
        .join(Platform, Platform.id == VoucherKind.platform_id)
        .where(VoucherClaim.county_id == county_id)
    )
