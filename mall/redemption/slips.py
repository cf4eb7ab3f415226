"""The slip of a redemption: what was bought, what was paid, by whom beside the household."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from app.kernel.db import db
from mall.merchants.models import Shop
from mall.redemption import queries
from mall.redemption.errors import RedemptionNotFound
from mall.redemption.models import Redemption, RedemptionLine
from mall.redemption.queries import ShownRedemption


@dataclass(frozen=True)
class Slip:
    """The same for shop and household: whose points they were is not on it."""

    redemption: ShownRedemption
    shop_address: str
    lines: Sequence[RedemptionLine]
    voided_at: datetime | None


def slip(
    county_id: int,
    redemption_id: UUID,
    *,
    household_id: UUID | None,
    shop_ids: Collection[UUID],
) -> Slip:
    """The slip of a redemption of the household, or of one of the shops.

    Raises:
        RedemptionNotFound: it is neither's.
    """
    row = queries.redemption_row(county_id, redemption_id)
    if row.household_id != household_id and row.shop_id not in shop_ids:
        raise RedemptionNotFound()
    return Slip(
        redemption=queries.redemption(county_id, row.id),
        shop_address=db.session.scalars(select(Shop.address).where(Shop.id == row.shop_id)).one(),
        lines=_lines(row),
        voided_at=row.voided_at,
    )


def _lines(row: Redemption) -> Sequence[RedemptionLine]:
    return db.session.scalars(
        select(RedemptionLine)
        .where(RedemptionLine.county_id == row.county_id, RedemptionLine.redemption_id == row.id)
        .order_by(RedemptionLine.position)
    ).all()
