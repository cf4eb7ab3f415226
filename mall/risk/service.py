"""Raising flags by night, and judging them by day."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.dialects.postgresql import insert

from app.kernel import audit
from app.kernel.db import db, locked
from app.kernel.ids import uuid7
from app.register import trust
from app.register.identity.caller import Caller
from app.register.identity.roles import Role
from app.register.regions.queries import inside
from mall.merchants import queries as merchants
from mall.merchants.models import Shop
from mall.redemption.service import POINTS_MAX
from mall.risk.errors import FlagJudged, FlagNotFound
from mall.risk.models import RiskFlag, RiskReason, RiskState
from mall.risk.rules import MEASURES, QUERIES, THRESHOLDS, WINDOW

JUDGES = (Role.FINANCE, Role.COUNTY_ADMIN)


def look(*, county_id: int, reason: RiskReason, at: datetime) -> int:
    """Flag the county's shops at which the pattern is there; returns how many flags are new.

    A flag that is open keeps its id and takes the new figures. One that somebody judged in the last
    30 days is raised again once there is more of the pattern than they judged.
    """
    found = patterns(county_id=county_id, reason=reason, since=at - WINDOW, until=at)
    judged = _judged_lately(county_id, reason, at)
    return sum(
        _raise(county_id, shop_id, reason, figures, at)
        for shop_id, figures in found.items()
        if shop_id not in judged or _has_grown(county_id, reason, shop_id, figures, judged, at)
    )


def patterns(
    *,
    county_id: int,
    reason: RiskReason,
    since: datetime,
    until: datetime,
    shop_id: UUID | None = None,
    **thresholds: int,
) -> dict[UUID, dict[str, int]]:
    """The figures of the pattern by shop, where it is there; perhaps of one shop only."""
    values = {
        "county_id": county_id,
        "since": since,
        "until": until,
        "limit": POINTS_MAX,
        "shop_id": shop_id,
    }
    rows = db.session.execute(text(QUERIES[reason]), values | dict(THRESHOLDS) | thresholds)
    return {row[0]: row[1] for row in rows}


def takes_own(*, county_id: int, shop_id: UUID, at: datetime) -> bool:
    """Whether the shop has taken anything lately from a household of those who own it or serve
    there, or from a related one: by the rights of the moment at which it was taken."""
    found = patterns(
        county_id=county_id,
        reason=RiskReason.OWN_HOUSEHOLD,
        since=at - WINDOW,
        until=at,
        shop_id=shop_id,
        own_household_points=1,
    )
    return shop_id in found


def judge(*, flag_id: UUID, is_confirmed: bool, note: str, by: Caller, at: datetime) -> RiskFlag:
    """Write down what a person found out about a flag; the shop's cash-outs may go on.

    A confirmed one changes nothing by itself: to suspend the merchant or to decline a cash-out is
    another decision of a person.

    Raises:
        FlagNotFound: there is none such on a shop in the caller's area.
        FlagJudged: somebody else did.
        Interested: the caller serves at the shop, or owns it.
    """
    in_area = select(Shop.id).where(Shop.village_id.in_(inside(by.places(*JUDGES))))
    flag = db.session.scalar(
        locked(
            select(RiskFlag).where(
                RiskFlag.county_id == by.county_id,
                RiskFlag.id == flag_id,
                RiskFlag.shop_id.in_(in_area),
            )
        )
    )
    if flag is None:
        raise FlagNotFound()
    if flag.state is not RiskState.OPEN:
        raise FlagJudged()
    serving = merchants.interested_in(Shop.id == flag.shop_id, since=flag.raised_at)
    trust.beside([], by.user_id, concerned=trust.Concerned(users=serving), at=at)
    flag.state = RiskState.CONFIRMED if is_confirmed else RiskState.CLEARED
    flag.judged_by, flag.judged_at, flag.note = by.user_id, at, note
    audit.record(
        "risk.judge",
        county_id=by.county_id,
        actor_id=by.user_id,
        subject=("risk_flag", flag.id),
        at=at,
        reason=flag.reason.value,
        state=flag.state.value,
    )
    return flag


def _judged_lately(county_id: int, reason: RiskReason, at: datetime) -> dict[UUID, datetime]:
    """When the pattern was last judged, by shop."""
    rows = db.session.execute(
        select(RiskFlag.shop_id, func.max(RiskFlag.judged_at))
        .where(
            RiskFlag.county_id == county_id,
            RiskFlag.reason == reason,
            RiskFlag.judged_at >= at - WINDOW,
        )
        .group_by(RiskFlag.shop_id)
    )
    return {shop_id: judged_at for shop_id, judged_at in rows if judged_at is not None}


def _has_grown(
    county_id: int,
    reason: RiskReason,
    shop_id: UUID,
    figures: dict[str, int],
    judged: Mapping[UUID, datetime],
    at: datetime,
) -> bool:
    """Whether there is more of it now than in the same days when it was judged."""
    before = patterns(
        county_id=county_id, reason=reason, since=at - WINDOW, until=judged[shop_id]
    ).get(shop_id, {})
    measure = MEASURES[reason]
    return figures[measure] > before.get(measure, 0)


def _raise(
    county_id: int, shop_id: UUID, reason: RiskReason, figures: dict[str, Any], at: datetime
) -> bool:
    flag_id = uuid7(at)
    raised = insert(RiskFlag).values(
        county_id=county_id,
        id=flag_id,
        shop_id=shop_id,
        reason=reason,
        figures=figures,
        state=RiskState.OPEN,
        raised_at=at,
        seen_at=at,
    )
    kept = db.session.scalar(
        raised.on_conflict_do_update(
            index_elements=["county_id", "shop_id", "reason"],
            index_where=text("state = 'open'"),
            set_={"figures": raised.excluded.figures, "seen_at": raised.excluded.seen_at},
        ).returning(RiskFlag.id)
    )
    return kept == flag_id
