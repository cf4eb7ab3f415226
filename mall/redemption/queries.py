"""What became of a pay code, and which redemptions a household or a shop has."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import and_, bindparam, func, or_, select
from sqlalchemy.sql.elements import ColumnElement

from app.kernel import clock
from app.kernel.db import db
from app.kernel.lists import ONE, Listed, Wanted, listed
from app.kernel.secrets import masked_name
from app.register.households.models import Member
from app.register.regions.queries import inside
from mall.campaigns.models import Campaign, Funder, Subsidy
from mall.merchants.errors import ShopNotFound
from mall.merchants.models import Merchant, MerchantState, Shop
from mall.redemption.errors import (
    CodeNotFound,
    PendingNotFound,
    RedemptionNotFound,
    ShopCodeNotFound,
    ShopCodeNotMade,
    ShopNotOpen,
)
from mall.redemption.models import (
    PayCode,
    PaymentMethod,
    PendingPayment,
    PendingState,
    Redemption,
    RedemptionState,
    ShopCode,
)
from mall.redemption.settings import SETTINGS, CounterSettings


class CodeState(StrEnum):
    WAITING = "waiting"
    ASKED = "asked"  # a payment waits for the user's yes
    PAID = "paid"
    EXPIRED = "expired"


@dataclass(frozen=True)
class CodeStatus:
    """What the resident's phone shows after a scan: paid where, and how much."""

    state: CodeState
    expires_at: datetime
    redemption: "ShownRedemption | None"
    pending: "ShownPending | None"  # waits for the user's yes, whichever code it was


@dataclass(frozen=True)
class OpenShop:
    """A shop that takes points now, and the county's limits at counters."""

    county_id: int
    shop_id: UUID
    name: str
    limits: CounterSettings


@dataclass(frozen=True)
class ShownPending:
    """A payment that waits, or waited, for a yes, as both sides see it."""

    id: UUID
    state: PendingState
    shop_id: UUID
    shop_name: str
    points: int
    market_price_fen: int
    subsidy_fen: int
    campaign_name: str | None
    lines: list[dict[str, Any]]
    asked_at: datetime
    lapses_at: datetime
    redemption_id: UUID | None


@dataclass(frozen=True)
class ShownRedemption:
    """A redemption as both sides see it."""

    id: UUID
    shop_id: UUID
    shop_name: str
    points: int
    state: RedemptionState
    paid_at: datetime
    payment_method: PaymentMethod
    void_reason: str | None  # what the shop said when it took it back
    market_price_fen: int
    subsidy_fen: int  # what the funder paid of it
    campaign_name: str | None
    funder_name: str | None

    @property
    def tail(self) -> str:
        """Four digits by which customer and shop know the payment from others of the day."""
        return f"{self.id.int % 10_000:04d}"


@dataclass(frozen=True)
class AreaRedemption:
    """A redemption as those read it who answer for a place."""

    redemption: ShownRedemption
    household_id: UUID
    household: str  # the head's name, masked

    @property
    def id(self) -> UUID:
        return self.redemption.id


@dataclass(frozen=True)
class ShopTakings:
    """What a shop took on one day, void ones left out."""

    count: int
    points: int


def code_status(county_id: int, user_id: UUID, *, at: datetime) -> CodeStatus:
    """The state of the user's newest code.

    Raises:
        CodeNotFound: the user has had no code lately.
    """
    newest = (
        select(PayCode)
        .where(PayCode.county_id == county_id, PayCode.user_id == user_id)
        .order_by(PayCode.issued_at.desc(), PayCode.replaced_at.desc().nulls_first())
        .limit(1)
    )
    code = db.session.scalar(newest)
    if code is None:
        raise CodeNotFound()
    waiting = _pending(
        PendingPayment.user_id == user_id,
        PendingPayment.state == PendingState.WAITING,
        PendingPayment.lapses_at > at,
        county_id=county_id,
        at=at,
    )
    if code.redemption_id is not None:
        paid = redemption(county_id, code.redemption_id)
        return CodeStatus(CodeState.PAID, code.expires_at, paid, waiting)
    if code.replaced_at is not None and waiting is not None:
        return CodeStatus(CodeState.ASKED, waiting.lapses_at, None, waiting)
    is_good = code.replaced_at is None and at < code.expires_at
    state = CodeState.WAITING if is_good else CodeState.EXPIRED
    return CodeStatus(state, code.expires_at, None, waiting)


_OPEN_SHOP = (
    select(
        Shop.name, Shop.is_open, Merchant.state, SETTINGS.content(Shop.county_id).label("limits")
    )
    .join(Merchant, Merchant.id == Shop.merchant_id)
    .where(Shop.county_id == bindparam("county"), Shop.id == bindparam("shop"))
)


def open_shop(county_id: int, shop_id: UUID) -> OpenShop:
    """The shop with the county's limits.

    Read without a lock: a suspension holds from the next redemption on, and locking the shop
    here would make its customers wait for one another twice.

    Raises:
        ShopNotFound: also for one of another county.
        ShopNotOpen: it takes no points now.
    """
    asked = {"county": county_id, "shop": shop_id}
    row = db.session.connection().execute(_OPEN_SHOP, asked).one_or_none()
    if row is None:
        raise ShopNotFound()
    if not row.is_open or row.state is not MerchantState.ACTIVE:
        raise ShopNotOpen()
    return OpenShop(county_id, shop_id, row.name, SETTINGS.read(row.limits))


def shop_code(county_id: int, token: str) -> ShopCode:
    """The code that hangs in a shop of the county. Raises ShopCodeNotFound, also for an old one."""
    found = db.session.scalar(
        select(ShopCode).where(
            ShopCode.token == token,
            ShopCode.county_id == county_id,
            ShopCode.replaced_at.is_(None),
        )
    )
    if found is None:
        raise ShopCodeNotFound()
    return found


def code_of_shop(shop_id: UUID) -> ShopCode:
    """The code that the shop has hung up. Raises ShopCodeNotMade."""
    found = db.session.scalar(
        select(ShopCode).where(ShopCode.shop_id == shop_id, ShopCode.replaced_at.is_(None))
    )
    if found is None:
        raise ShopCodeNotMade()
    return found


def is_awaited(pay_code: PayCode, at: datetime) -> bool:
    """Whether a payment with the code waits for a yes."""
    asked = select(PendingPayment.id).where(
        PendingPayment.county_id == pay_code.county_id,
        PendingPayment.pay_code_id == pay_code.id,
        PendingPayment.state == PendingState.WAITING,
        PendingPayment.lapses_at > at,
    )
    return db.session.scalar(asked) is not None


def pending(
    county_id: int, pending_id: UUID, *, user_id: UUID, shop_ids: Collection[UUID], at: datetime
) -> ShownPending:
    """A payment that the user is asked about, or that one of the shops has asked for.

    Raises:
        PendingNotFound: it is neither.
    """
    found = _pending(
        PendingPayment.id == pending_id,
        or_(PendingPayment.user_id == user_id, PendingPayment.shop_id.in_(shop_ids)),
        county_id=county_id,
        at=at,
    )
    if found is None:
        raise PendingNotFound()
    return found


_ROWS = (
    select(
        Redemption.id,
        Redemption.shop_id,
        Shop.name.label("shop_name"),
        Redemption.points,
        Redemption.state,
        Redemption.paid_at,
        Redemption.payment_method.label("payment_method"),
        Redemption.void_reason,
        func.coalesce(Subsidy.market_price_fen, Redemption.points).label("market_price_fen"),
        func.coalesce(Subsidy.subsidy_fen, 0).label("subsidy_fen"),
        Campaign.name.label("campaign_name"),
        Funder.name.label("funder_name"),
    )
    .join(Shop, Shop.id == Redemption.shop_id)
    .outerjoin(
        Subsidy,
        and_(
            Subsidy.county_id == Redemption.county_id,
            Subsidy.reference == func.concat("redemption:", Redemption.id),
        ),
    )
    .outerjoin(Campaign, Campaign.id == Subsidy.campaign_id)
    .outerjoin(Funder, Funder.id == Subsidy.funder_id)
)
_REDEMPTION = _ROWS.where(
    Redemption.county_id == bindparam("county"), Redemption.id == bindparam("redemption")
)


def redemption(county_id: int, redemption_id: UUID) -> ShownRedemption:
    """A redemption that exists, as both sides see it."""
    asked = {"county": county_id, "redemption": redemption_id}
    row = db.session.connection().execute(_REDEMPTION, asked).one()
    return ShownRedemption(**row._mapping)


def redemption_row(county_id: int, redemption_id: UUID) -> Redemption:
    """Raises RedemptionNotFound."""
    found = db.session.get(Redemption, (county_id, redemption_id))
    if found is None:
        raise RedemptionNotFound()
    return found


def household_redemptions(
    county_id: int, household_id: UUID, wanted: Wanted
) -> Listed[ShownRedemption]:
    """What the household spent at shops, newest first."""
    return _shown(Redemption.household_id == household_id, county_id=county_id, wanted=wanted)


def shop_redemptions(county_id: int, shop_id: UUID, wanted: Wanted) -> Listed[ShownRedemption]:
    """What the shop took, newest first.

    Whose points they were is not the shop's to know.
    """
    return _shown(Redemption.shop_id == shop_id, county_id=county_id, wanted=wanted)


def redemptions_in(
    county_id: int, place_ids: Collection[UUID], wanted: Wanted
) -> Listed[AreaRedemption]:
    """What the shops in the places took, newest first, and from whom."""
    query = (
        _ROWS.add_columns(Redemption.household_id, Member.name)
        .outerjoin(Member, and_(Member.household_id == Redemption.household_id, Member.is_head))
        .where(Redemption.county_id == county_id, Shop.village_id.in_(inside(place_ids)))
    )
    return listed(query, Redemption, wanted, day=Redemption.paid_at).each(
        lambda row: AreaRedemption(ShownRedemption(*row[:-2]), row[-2], masked_name(row[-1] or ""))
    )


def shop_takings_on(county_id: int, shop_id: UUID, on: date) -> ShopTakings:
    """How many redemptions the shop made on a day, and their sum."""
    count, points = db.session.execute(
        select(func.count(), func.coalesce(func.sum(Redemption.points), 0)).where(
            Redemption.county_id == county_id,
            Redemption.shop_id == shop_id,
            Redemption.state == RedemptionState.PAID,
            Redemption.paid_at >= clock.day_start(on),
            Redemption.paid_at < clock.day_end(on),
        )
    ).one()
    return ShopTakings(count=count, points=int(points))


def _shown(
    which: ColumnElement[bool],
    *,
    county_id: int,
    wanted: Wanted = ONE,
) -> Listed[ShownRedemption]:
    query = _ROWS.where(Redemption.county_id == county_id, which)
    rows = listed(query, Redemption, wanted, day=Redemption.paid_at)
    return rows.each(lambda row: ShownRedemption(**row._mapping))


def _pending(*which: ColumnElement[bool], county_id: int, at: datetime) -> ShownPending | None:
    row = db.session.execute(
        select(PendingPayment, Shop.name, Campaign.name)
        .join(Shop, Shop.id == PendingPayment.shop_id)
        .outerjoin(Campaign, Campaign.id == PendingPayment.campaign_id)
        .where(PendingPayment.county_id == county_id, *which)
        .order_by(PendingPayment.id.desc())
        .limit(1)
    ).one_or_none()
    if row is None:
        return None
    found, shop_name, campaign_name = row
    has_lapsed = found.state is PendingState.WAITING and found.lapses_at <= at
    price_fen = found.market_price_fen
    return ShownPending(
        id=found.id,
        state=PendingState.LAPSED if has_lapsed else found.state,
        shop_id=found.shop_id,
        shop_name=shop_name,
        points=found.points,
        market_price_fen=found.points if price_fen is None else price_fen,
        subsidy_fen=found.subsidy_fen,
        campaign_name=campaign_name,
        lines=found.lines,
        asked_at=found.asked_at,
        lapses_at=found.lapses_at,
        redemption_id=found.redemption_id,
    )
