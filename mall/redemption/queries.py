"""What became of a pay code, and which redemptions a household or a shop has."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import and_, func, select
from sqlalchemy.sql.elements import ColumnElement

from app.kernel import clock
from app.kernel.db import db
from mall.campaigns.models import Campaign, Funder, Subsidy
from mall.merchants.models import Shop
from mall.redemption.errors import CodeNotFound, RedemptionNotFound
from mall.redemption.models import PayCode, Redemption, RedemptionState


class CodeState(StrEnum):
    WAITING = "waiting"
    PAID = "paid"
    EXPIRED = "expired"


@dataclass(frozen=True)
class CodeStatus:
    """What the resident's phone shows after a scan: paid where, and how much."""

    state: CodeState
    expires_at: datetime
    redemption: "ShownRedemption | None"


@dataclass(frozen=True)
class ShownRedemption:
    """A redemption as both sides see it."""

    id: UUID
    shop_id: UUID
    shop_name: str
    points: int
    state: RedemptionState
    paid_at: datetime
    market_price_fen: int
    subsidy_fen: int  # what the funder paid of it
    campaign_name: str | None
    funder_name: str | None


@dataclass(frozen=True)
class ShopDay:
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
    if code.redemption_id is not None:
        paid = _shown(Redemption.id == code.redemption_id, county_id=county_id)
        return CodeStatus(CodeState.PAID, code.expires_at, paid[0])
    state = CodeState.WAITING if at < code.expires_at else CodeState.EXPIRED
    return CodeStatus(state, code.expires_at, None)


def redemption(county_id: int, redemption_id: UUID) -> ShownRedemption:
    """A redemption that exists, as both sides see it."""
    return _shown(Redemption.id == redemption_id, county_id=county_id)[0]


def redemption_row(county_id: int, redemption_id: UUID) -> Redemption:
    """Raises RedemptionNotFound."""
    found = db.session.get(Redemption, (county_id, redemption_id))
    if found is None:
        raise RedemptionNotFound()
    return found


def household_redemptions(
    county_id: int, household_id: UUID, *, before: UUID | None, limit: int
) -> list[ShownRedemption]:
    """What the household spent at shops, newest first."""
    return _shown(
        Redemption.household_id == household_id, county_id=county_id, before=before, limit=limit
    )


def shop_redemptions(
    county_id: int, shop_id: UUID, *, before: UUID | None, limit: int
) -> list[ShownRedemption]:
    """What the shop took, newest first. Whose points they were is not the shop's to know."""
    return _shown(Redemption.shop_id == shop_id, county_id=county_id, before=before, limit=limit)


def shop_day(county_id: int, shop_id: UUID, on: date) -> ShopDay:
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
    return ShopDay(count=count, points=int(points))


def _shown(
    which: ColumnElement[bool],
    *,
    county_id: int,
    before: UUID | None = None,
    limit: int = 1,
) -> list[ShownRedemption]:
    query = (
        select(
            Redemption.id,
            Redemption.shop_id,
            Shop.name.label("shop_name"),
            Redemption.points,
            Redemption.state,
            Redemption.paid_at,
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
        .where(Redemption.county_id == county_id, which)
        .order_by(Redemption.id.desc())
        .limit(limit)
    )
    if before is not None:
        query = query.where(Redemption.id < before)
    return [ShownRedemption(**row) for row in db.session.execute(query).mappings()]
