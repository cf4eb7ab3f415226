"""``flask county counter-limits``: limits where points are paid."""

import click
from flask.cli import AppGroup

from app.kernel import clock
from app.kernel.db import transaction
from app.kernel.shell import told
from mall.redemption.settings import SETTINGS

# The limit that each option sets.
_LIMITS = {
    "confirm_above": "confirm_above_points",
    "shop_code": "shop_code_points_max",
    "shop_code_day": "shop_code_day_points",
    "household_day": "household_day_points",
    "shop_day": "shop_day_points",
}
_WHERE_ZERO_IS_NONE_AT_ALL = {"shop_code", "shop_code_day"}
_POINTS = click.IntRange(min=0)
county = AppGroup("county")


@county.command("counter-limits")
@click.argument("county_id", type=int)
@click.option("--confirm-above", type=_POINTS, help="Ask the household above it (0: never).")
@click.option("--shop-code", type=_POINTS, help="In a payment by a shop's code (0: none).")
@click.option("--shop-code-day", type=_POINTS, help="The same, a household and day.")
@click.option("--household-day", type=_POINTS, help="A household may pay in a day (0: no limit).")
@click.option("--shop-day", type=_POINTS, help="A shop may take in a day (0: no limit).")
@told
def counter_limits(county_id: int, **points: int | None) -> None:
    """Set limits at counters, in points; those that are not named stay. Prints all of them."""
    named = {
        _LIMITS[option]: given or (0 if option in _WHERE_ZERO_IS_NONE_AT_ALL else None)
        for option, given in points.items()
        if given is not None
    }
    with transaction():
        found = SETTINGS.change(county_id=county_id, actor_id=None, at=clock.now(), **named)
    for limit, now in vars(found).items():
        click.echo(f"{limit}: {'no limit' if now is None else now}")


COMMANDS = (county,)
