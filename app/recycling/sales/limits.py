"""What may be sold in a day, and from which sum on one person's word is not enough."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select

from app.kernel import clock
from app.kernel.db import db
from app.kernel.secrets import vault
from app.points.awards.rules import Rules
from app.recycling.sales import queries
from app.recycling.sales.errors import (
    HouseholdDayLimit,
    KeeperDayLimit,
    PhotoNeeded,
    TooMuchInADay,
)
from app.recycling.sales.models import SaleLine
from app.recycling.sales.pricing import Bonus
from app.recycling.sales.queries import Day
from app.recycling.sales.settings import SETTINGS
from app.register.identity.caller import Caller
from app.register.trust import phones_of


def check_amounts(day: Day, lines: Sequence[SaleLine], rules: Rules) -> None:
    """Raises TooMuchInADay: more than the policy lets a household sell in a day."""
    grams = sum(line.grams or 0 for line in lines)
    pieces = sum(line.pieces or 0 for line in lines)
    if day.grams + grams > rules.sale_grams_per_day_max:
        raise TooMuchInADay(sold=day.grams, limit=rules.sale_grams_per_day_max, unit="克")
    if day.pieces + pieces > rules.sale_pieces_per_day_max:
        raise TooMuchInADay(sold=day.pieces, limit=rules.sale_pieces_per_day_max, unit="个")


def check_points(day: Day, points: int, bonus: Bonus, *, by: Caller, at: datetime) -> None:
    """Refuse what goes beyond a day's limit of the household, or of who weighs.

    ``points`` are those of the price and of the bonus: what has no price is a way to points too.

    Until the commit nobody pays more in the name of the same person, on whichever phone. The
    caller holds the household's lock.

    Raises:
        HouseholdDayLimit, KeeperDayLimit: they say what is left today.
    """
    settings = SETTINGS.of(by.county_id)
    left = settings.household_day_points - day.points
    if points > left:
        raise HouseholdDayLimit(limit=settings.household_day_points, left=max(left, 0))
    phones = phones_of(by.user_id)
    _take_turns(str(min(phones)))
    weighed = queries.weighed_on(by.county_id, phones, clock.day_of(at), bonus)
    left = settings.keeper_day_points - weighed
    if points > left:
        raise KeeperDayLimit(limit=settings.keeper_day_points, left=max(left, 0))


def check_photo(day: Day, points: int, *, county_id: int) -> None:
    """Refuse more without a photo of the scale than the county lets pass in a household's day: so
    two small sales get no further than one large. Raises PhotoNeeded."""
    above = SETTINGS.of(county_id).photo_above_points
    if day.points_without_photo + points > above:
        raise PhotoNeeded(above=above)


def needs_yes(day: Day, points: int, *, county_id: int) -> bool:
    """Whether so much, after what nobody agreed to on the household's day, waits for a yes."""
    return day.points_without_yes + points > SETTINGS.of(county_id).yes_above_points


def _take_turns(weigher: str) -> None:
    number = int.from_bytes(vault().index(f"sales\0{weigher}", "lock")[:8], "big", signed=True)
    db.session.execute(select(func.pg_advisory_xact_lock(number)))
