"""``flask county …``: places of a county, and its limits."""

import click
from flask.cli import AppGroup

from app.kernel import clock
from app.kernel.db import transaction
from app.kernel.shell import told
from app.kernel.units import fen_from_yuan, yuan_text
from app.register.regions import queries, service
from app.register.regions.models import CounterLimit

_WHERE_ZERO_IS_NONE_AT_ALL = {CounterLimit.SHOP_CODE, CounterLimit.SHOP_CODE_DAY}
county = AppGroup("county", help="Enter a county, its towns and villages.")


@county.command()
@click.argument("county_id", type=int)
@click.argument("names", nargs=-1, required=True)
@told
def add(county_id: int, names: tuple[str, ...]) -> None:
    """Enter a place by names from the county down: TOWN [VILLAGE [GROUP]].

    Levels that exist already are kept, so `add 990101 和平镇 前进村` may be repeated.
    """
    with transaction():
        place = queries.root(county_id)
        for name in names:
            place = queries.child(place.id, name) or service.add_region(
                county_id=county_id, parent_id=place.id, name=name, actor_id=None, at=clock.now()
            )
    click.echo(f"{'/'.join(names)}: {place.kind}.")


@county.command("release-limit")
@click.argument("county_id", type=int)
@click.argument("yuan")
@told
def release_limit(county_id: int, yuan: str) -> None:
    """Let cash-outs up to YUAN go to the bank without a second person (0: none)."""
    limit_fen = _limit_fen(yuan)
    with transaction():
        service.set_auto_release_limit(
            county_id=county_id, limit_fen=limit_fen, actor_id=None, at=clock.now()
        )
    click.echo(f"{county_id}: {yuan_text(limit_fen)}.")


@county.command("cash-out-limit")
@click.argument("county_id", type=int)
@click.argument("yuan")
@told
def cash_out_limit(county_id: int, yuan: str) -> None:
    """Let each merchant cash out YUAN a day at most (0: as much as there is)."""
    limit_fen = _limit_fen(yuan) or None
    with transaction():
        service.set_cash_out_day_limit(
            county_id=county_id, limit_fen=limit_fen, actor_id=None, at=clock.now()
        )
    click.echo(f"{county_id}: {yuan_text(limit_fen) if limit_fen else 'no limit'}.")


@county.command("visit-days")
@click.argument("county_id", type=int)
@click.option("--due", type=click.IntRange(1, 366), required=True, help="Days between visits.")
@click.option(
    "--late", type=click.IntRange(0, 31), required=True, help="Days that a record may be late."
)
@told
def visit_days(county_id: int, due: int, late: int) -> None:
    """Say when a household is due a visit, and how late a record without network may come."""
    with transaction():
        service.set_visit_days(
            county_id=county_id,
            visit_due_days=due,
            late_record_days_max=late,
            actor_id=None,
            at=clock.now(),
        )
    click.echo(f"{county_id}: due after {due} days, records up to {late} days late.")


@county.command("photo-months")
@click.argument("county_id", type=int)
@click.argument("months", type=click.IntRange(1, service.PHOTO_MONTHS_MAX))
@told
def photo_months(county_id: int, months: int) -> None:
    """Delete the pictures of photos after so many MONTHS; what was decided on them stays."""
    with transaction():
        service.set_photo_months(county_id=county_id, months=months, actor_id=None, at=clock.now())
    click.echo(f"{county_id}: {months} months.")


_POINTS = click.IntRange(min=0)


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
    limits = {CounterLimit[name.upper()]: given for name, given in points.items()}
    named = {
        limit: given or (0 if limit in _WHERE_ZERO_IS_NONE_AT_ALL else None)
        for limit, given in limits.items()
        if given is not None
    }
    with transaction():
        found = service.set_counter_limits(
            county_id=county_id, limits=named, actor_id=None, at=clock.now()
        )
    for limit in CounterLimit:
        now = getattr(found, limit.value)
        click.echo(f"{limit.value}: {'no limit' if now is None else now}")


@county.command("order-times")
@click.argument("county_id", type=int)
@click.option("--prepare", type=click.IntRange(1, 336), required=True, help="Hours until ready.")
@click.option("--pick-up", type=click.IntRange(1, 31), required=True, help="Days to hand over.")
@click.option(
    "--substitute", type=click.IntRange(10, 2880), required=True, help="Minutes for an answer."
)
@told
def order_times(county_id: int, prepare: int, pick_up: int, substitute: int) -> None:
    """Say after what time orders, and offers of substitutes, end by themselves."""
    with transaction():
        service.set_order_times(
            county_id=county_id,
            times=service.OrderTimes(prepare, pick_up, substitute),
            actor_id=None,
            at=clock.now(),
        )
    click.echo(
        f"{county_id}: ready within {prepare} hours, handed over within {pick_up} days, "
        f"substitutes answered within {substitute} minutes."
    )


def _limit_fen(yuan: str) -> int:
    try:
        limit_fen = fen_from_yuan(yuan)
    except ValueError:
        raise click.BadParameter("an amount in yuan, like 200 or 199.50") from None
    if limit_fen < 0:
        raise click.BadParameter("not below zero")
    return limit_fen


COMMANDS = (county,)
