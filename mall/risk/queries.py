"""Flags as the county sees them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import exists, select

from app.kernel.db import db
from app.kernel.lists import Listed, Wanted, listed
from app.register.regions.queries import inside
from mall.merchants.models import Shop
from mall.risk.errors import FlagNotFound
from mall.risk.models import RiskFlag, RiskReason, RiskState
from mall.risk.words import sentence


@dataclass(frozen=True)
class ShownFlag:
    """A flag with the name of its shop and its pattern in words."""

    id: UUID
    shop_id: UUID
    shop_name: str
    reason: RiskReason
    sentence: str
    figures: dict[str, Any]
    state: RiskState
    raised_at: datetime
    seen_at: datetime
    note: str | None


def flags(
    county_id: int,
    region_ids: Sequence[UUID],
    wanted: Wanted,
    *,
    is_open: bool,
) -> Listed[ShownFlag]:
    """The flags on shops in the regions, newest first: the open ones, or those that were judged."""
    query = (
        select(RiskFlag, Shop.name)
        .join(Shop, Shop.id == RiskFlag.shop_id)
        .where(
            RiskFlag.county_id == county_id,
            Shop.village_id.in_(inside(region_ids)),
            (RiskFlag.state == RiskState.OPEN).is_(is_open),
        )
    )
    return listed(query, RiskFlag, wanted).each(lambda row: _shown(*row))


def flag(county_id: int, flag_id: UUID) -> ShownFlag:
    """One flag. Raises FlagNotFound."""
    row = db.session.execute(
        select(RiskFlag, Shop.name)
        .join(Shop, Shop.id == RiskFlag.shop_id)
        .where(RiskFlag.county_id == county_id, RiskFlag.id == flag_id)
    ).one_or_none()
    if row is None:
        raise FlagNotFound()
    return _shown(*row)


def is_flagged(county_id: int, shop_id: UUID) -> bool:
    """Whether somebody has yet to look at a pattern at the shop."""
    found = exists().where(
        RiskFlag.county_id == county_id,
        RiskFlag.shop_id == shop_id,
        RiskFlag.state == RiskState.OPEN,
    )
    return bool(db.session.scalar(select(found)))


def judges_since(county_id: int, shop_id: UUID, since: datetime) -> list[UUID]:
    """Who has judged a flag of the shop since the moment."""
    return list(
        db.session.scalars(
            select(RiskFlag.judged_by)
            .where(
                RiskFlag.county_id == county_id,
                RiskFlag.shop_id == shop_id,
                RiskFlag.judged_by.is_not(None),
                RiskFlag.judged_at >= since,
            )
            .distinct()
        )
    )


def _shown(flag: RiskFlag, shop_name: str) -> ShownFlag:
    return ShownFlag(
        id=flag.id,
        shop_id=flag.shop_id,
        shop_name=shop_name,
        reason=flag.reason,
        sentence=sentence(flag),
        figures=flag.figures,
        state=flag.state,
        raised_at=flag.raised_at,
        seen_at=flag.seen_at,
        note=flag.note,
    )
