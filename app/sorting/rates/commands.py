"""``flask rates …``: count anew, compare with the raw rows, set the bands."""

import re
import sys

import click
from flask.cli import AppGroup

from app.agreements.choices import propose_settings
from app.kernel import clock, texts
from app.kernel.db import transaction
from app.kernel.shell import county_option, told
from app.register.identity.named import caller_named
from app.register.regions import queries as regions
from app.sorting.rates import service
from app.sorting.rates.arithmetic import Bounds
from app.sorting.rates.jobs import count_stale_days
from app.sorting.rates.settings import CHANGE

rates = AppGroup("rates", help="Rates of households and places.")
SHOWN_MAX = 50


@rates.command()
@county_option
@click.option("--check", is_flag=True, help="Change nothing; exit 1 when a counter is untrue.")
@told
def recount(county_id: int | None, *, check: bool) -> None:
    """Count every household's days anew from the raw rows."""
    with transaction():
        county = regions.named_or_only_county(county_id)
    if not check:
        with transaction():
            service.recount(county_id=county.id, at=clock.now())
        click.echo(f"{county.id}: counted anew / 已重新统计")
        return
    count_stale_days()
    with transaction():
        untrue = service.differences(county_id=county.id)
    for household_id, on_day in untrue[:SHOWN_MAX]:
        click.echo(f"WRONG / 不符  {household_id} {on_day}")
    click.echo(f"{len(untrue)} days differ / 不符 {len(untrue)} 天" if untrue else "true / 属实")
    sys.exit(1 if untrue else 0)


@rates.command()
@click.argument("bounds", nargs=3)
@click.option("--by", required=True, help="The phone of the administrator who proposes it.")
@county_option
@told
def bands(bounds: tuple[str, str, str], by: str, county_id: int | None) -> None:
    """Propose to begin bands 1, 2 and 3 at these scores, like 90 75 60 or 92.50 80 65."""
    made = Bounds(*(_basis_points(text) for text in bounds))
    with transaction():
        county = regions.named_or_only_county(county_id)
        propose_settings(CHANGE, made, by=caller_named(county.id, by), at=clock.now())
    click.echo(f"{county.id}: {' / '.join(bounds)}: proposed / 已提出，等另一位管理员同意")


def _basis_points(text: str) -> int:
    found = re.fullmatch(r"([0-9]{1,3})(?:\.([0-9]{1,2}))?", texts.number(text))
    if found is None:
        raise click.BadParameter("a score like 90 or 89.99")
    return int(found[1]) * 100 + int((found[2] or "").ljust(2, "0"))


COMMANDS = (rates,)
