"""Platforms and the kinds of voucher they sell: entered, changed, withdrawn for good."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from app.kernel import audit
from app.kernel.db import db, locked
from app.kernel.ids import uuid7
from app.register.regions.models import Region
from mall.merchants import queries as merchants
from mall.merchants.models import ShopKind
from mall.vouchers.errors import (
    KindNotFound,
    KindTaken,
    KindWithdrawn,
    NotAMall,
    PlatformNotFound,
    PlatformTaken,
    PriceAboveMarket,
    RegionNotFound,
)
from mall.vouchers.models import Adapter, KindState, Platform, VoucherKind, VoucherPrice


@dataclass(frozen=True)
class Facts:
    """What a kind of voucher is and costs, see the columns of ``VoucherKind``.

    Raises:
        PriceAboveMarket: nobody pays more in points than in money.
    """

    name: str
    value: str
    market_price_fen: int
    points_price: int
    last_on: date
    terms: str = ""
    month_limit: int | None = None
    buyer_region_ids: tuple[UUID, ...] = ()
    low_mark: int = 0

    def __post_init__(self) -> None:
        if self.points_price > self.market_price_fen:
            raise PriceAboveMarket()

    def columns(self) -> dict[str, Any]:
        return {**vars(self), "buyer_region_ids": list(self.buyer_region_ids)}

    def written(self) -> dict[str, Any]:
        """As a proposal holds them."""
        places = [str(one) for one in self.buyer_region_ids]
        return {**vars(self), "last_on": self.last_on.isoformat(), "buyer_region_ids": places}

    @staticmethod
    def read(kept: Mapping[str, Any]) -> "Facts":
        places = tuple(UUID(one) for one in kept["buyer_region_ids"])
        last_on = date.fromisoformat(kept["last_on"])
        return Facts(**{**kept, "last_on": last_on, "buyer_region_ids": places})

    @staticmethod
    def of(kind: VoucherKind) -> "Facts":
        named = {name: getattr(kind, name) for name in Facts.__dataclass_fields__}
        return Facts(**{**named, "buyer_region_ids": tuple(kind.buyer_region_ids)})


def enter_platform(
    *, county_id: int, shop_id: UUID, name: str, entered_by: UUID, at: datetime
) -> Platform:
    """Enter a platform outside, whose sales are paid at this shop of its merchant.

    Raises:
        ShopNotFound: there is no such shop in the county.
        NotAMall: it is a counter.
        PlatformTaken: the name or the shop is another platform's.
    """
    shop = merchants.shop(county_id, shop_id)
    if shop.kind is not ShopKind.MALL:
        raise NotAMall()
    platform_id = db.session.scalar(
        insert(Platform)
        .values(
            id=uuid7(at),
            county_id=county_id,
            merchant_id=shop.merchant_id,
            shop_id=shop.id,
            name=name,
            adapter=Adapter.CODES,
            entered_by=entered_by,
            entered_at=at,
        )
        .on_conflict_do_nothing()
        .returning(Platform.id)
    )
    if platform_id is None:
        raise PlatformTaken()
    subject = ("voucher_platform", platform_id)
    audit.record(
        "vouchers.enter_platform", county_id=county_id, actor_id=entered_by, subject=subject, at=at
    )
    return db.session.get_one(Platform, platform_id)


def check_new_kind(*, county_id: int, platform_id: UUID, facts: Facts) -> None:
    """Refuse a kind that could not be entered. Raises as ``enter_kind`` does."""
    platform = db.session.get(Platform, platform_id)
    if platform is None or platform.county_id != county_id:
        raise PlatformNotFound()
    _check_places(county_id, facts)
    _check_name(platform_id, facts)


def enter_kind(
    *,
    county_id: int,
    platform_id: UUID,
    facts: Facts,
    entered_by: UUID,
    at: datetime,
    proposal_id: UUID | None = None,
) -> VoucherKind:
    """Enter a kind of voucher. It is sold out until codes are imported.

    ``proposal_id`` names what two people agreed to; none is for a county that is set up.

    Raises:
        PlatformNotFound, RegionNotFound: not in this county.
        KindTaken: the platform has one of this name.
    """
    check_new_kind(county_id=county_id, platform_id=platform_id, facts=facts)
    kind_id = db.session.scalar(
        insert(VoucherKind)
        .values(
            id=uuid7(at),
            county_id=county_id,
            platform_id=platform_id,
            state=KindState.LISTED,
            entered_by=entered_by,
            entered_at=at,
            **facts.columns(),
        )
        .on_conflict_do_nothing()
        .returning(VoucherKind.id)
    )
    if kind_id is None:
        raise KindTaken()
    kind = db.session.get_one(VoucherKind, kind_id)
    _keep_price(kind, proposal_id, at)
    _trace("vouchers.enter_kind", kind, entered_by, at)
    return kind


def check_change(*, county_id: int, kind_id: UUID, facts: Facts) -> VoucherKind:
    """The kind, locked, if it could become this. Raises as ``change_kind`` does."""
    kind = _locked_kind(county_id, kind_id)
    _check_places(county_id, facts)
    _check_name(kind.platform_id, facts, but=kind.id)
    return kind


def change_kind(
    *,
    county_id: int,
    kind_id: UUID,
    facts: Facts,
    by: UUID,
    at: datetime,
    proposal_id: UUID,
) -> VoucherKind:
    """Replace what a kind is and costs, from the next purchase on, as two people agreed.

    Raises:
        KindNotFound, KindWithdrawn: there is nothing to change.
        RegionNotFound: not in this county.
        KindTaken: the platform has another of this name.
    """
    kind = check_change(county_id=county_id, kind_id=kind_id, facts=facts)
    for column, value in facts.columns().items():
        setattr(kind, column, value)
    _keep_price(kind, proposal_id, at)
    _trace("vouchers.change_kind", kind, by, at)
    return kind


def withdraw_kind(*, county_id: int, kind_id: UUID, by: UUID, at: datetime) -> VoucherKind:
    """Sell no more of a kind. Codes that were bought stay their buyers', the others stay sealed.

    Raises:
        KindNotFound, KindWithdrawn: there is nothing to withdraw.
    """
    kind = _locked_kind(county_id, kind_id)
    kind.state = KindState.WITHDRAWN
    _trace("vouchers.withdraw_kind", kind, by, at)
    return kind


def check_for_sale(*, county_id: int, kind_id: UUID) -> VoucherKind:
    """The kind, locked, if it is for sale. Raises KindNotFound, KindWithdrawn."""
    return _locked_kind(county_id, kind_id)


def price_in_force(kind: VoucherKind) -> UUID | None:
    """The version of its price that counts now, for who holds the kind."""
    return db.session.scalar(
        select(VoucherPrice.id)
        .where(VoucherPrice.county_id == kind.county_id, VoucherPrice.kind_id == kind.id)
        .order_by(VoucherPrice.set_at.desc(), VoucherPrice.id.desc())
        .limit(1)
    )


def held_kind(county_id: int, kind_id: UUID) -> VoucherKind:
    """A kind that is for sale and stays as it is until the commit; many may hold it at once.

    Raises:
        KindNotFound, KindWithdrawn: it is not for sale.
    """
    query = select(VoucherKind).where(VoucherKind.county_id == county_id, VoucherKind.id == kind_id)
    return _for_sale(db.session.scalar(locked(query, shared=True)))


def _locked_kind(county_id: int, kind_id: UUID) -> VoucherKind:
    query = select(VoucherKind).where(VoucherKind.county_id == county_id, VoucherKind.id == kind_id)
    return _for_sale(db.session.scalar(locked(query)))


def _for_sale(kind: VoucherKind | None) -> VoucherKind:
    if kind is None:
        raise KindNotFound()
    if kind.state is KindState.WITHDRAWN:
        raise KindWithdrawn()
    return kind


def _keep_price(kind: VoucherKind, proposal_id: UUID | None, at: datetime) -> None:
    db.session.add(
        VoucherPrice(
            county_id=kind.county_id,
            id=uuid7(at),
            kind_id=kind.id,
            points_price=kind.points_price,
            market_price_fen=kind.market_price_fen,
            month_limit=kind.month_limit,
            proposal_id=proposal_id,
            set_at=at,
        )
    )


def _check_name(platform_id: UUID, facts: Facts, *, but: UUID | None = None) -> None:
    same_name = select(VoucherKind.id).where(
        VoucherKind.platform_id == platform_id, VoucherKind.name == facts.name
    )
    if but is not None:
        same_name = same_name.where(VoucherKind.id != but)
    if db.session.scalar(same_name) is not None:
        raise KindTaken()


def _check_places(county_id: int, facts: Facts) -> None:
    wanted = set(facts.buyer_region_ids)
    if not wanted:
        return
    known = select(func.count()).where(Region.county_id == county_id, Region.id.in_(wanted))
    if db.session.scalar(known) != len(wanted):
        raise RegionNotFound()


def _trace(action: str, kind: VoucherKind, by: UUID, at: datetime) -> None:
    audit.record(
        action,
        county_id=kind.county_id,
        actor_id=by,
        subject=("voucher_kind", kind.id),
        at=at,
        points_price=kind.points_price,
        market_price_fen=kind.market_price_fen,
        month_limit=kind.month_limit,
    )
