"""``flask rounds …``: draw a week, repeat a draw, read and change the settings."""

import json
import sys
from datetime import datetime
from typing import TextIO

import click
from flask.cli import AppGroup

from app.agreements.choices import propose_settings
from app.kernel import clock
from app.kernel.db import transaction
from app.kernel.shell import county_option, told
from app.register.identity.named import caller_named
from app.register.regions import queries as regions
from app.sorting.rounds import planning, queries
from app.sorting.rounds.settings import CHANGE, read_settings, settings_of

rounds = AppGroup("rounds", help="Inspections planned by week.")
_week = click.argument("week", type=click.DateTime(["%Y-%m-%d"]))


@rounds.command()
@_week
@county_option
@told
def draw(week: datetime, county_id: int | None) -> None:
    """Draw the week of a day now, if nobody has; the sweep does it on Sunday evening."""
    week_on = planning.week_of(week.date())
    with transaction():
        county = regions.named_or_only_county(county_id)
        made = planning.draw_week(county_id=county.id, week_on=week_on, at=clock.now())
    click.echo(f"{week_on}: {'drawn / 已抽取' if made else 'nothing to draw / 无需抽取'}")


@rounds.command()
@_week
@county_option
@told
def check(week: datetime, county_id: int | None) -> None:
    """Repeat the lot of a week from its seed and candidates; exit 1 when it gives others."""
    week_on = planning.week_of(week.date())
    with transaction():
        county = regions.named_or_only_county(county_id)
        kept = queries.draw(county.id, week_on)
        repeated = planning.repeat(county.id, week_on)
    click.echo(f"seed / 种子 {kept.seed.hex()}")
    click.echo(f"seal / 封存 {kept.seal_number or '-'}")
    click.echo(f"candidates / 名单 {kept.candidates} {kept.candidates_digest.hex()}")
    for household_id in repeated.missing:
        click.echo(f"WRONG / 不符  {household_id} should have been drawn / 应抽未抽")
    for household_id in repeated.surplus:
        click.echo(f"WRONG / 不符  {household_id} should not have been drawn / 不应抽中")
    if not repeated.seed_is_of_its_seal:
        click.echo("WRONG / 不符  the seed is not that of the seal / 种子与封存不符")
    if not repeated.candidates_are_those_of_the_digest:
        click.echo("WRONG / 不符  the candidates were changed / 名单被改动")
    click.echo("true / 属实" if repeated.holds_true else "FALSE / 不实")
    sys.exit(0 if repeated.holds_true else 1)


@rounds.command()
@county_option
@click.option("--set", "file", type=click.File("r", encoding="utf-8"), help="A JSON file.")
@click.option("--by", default="", help="The phone of the administrator who proposes the file.")
@told
def settings(county_id: int | None, file: TextIO | None, by: str) -> None:
    """Print the settings in force as JSON; those of a file are proposed, in the name of --by."""
    if file is not None and not by:
        raise click.UsageError("--set needs --by: another administrator agrees to it")
    with transaction():
        county = regions.named_or_only_county(county_id)
        if file is not None:
            chosen = read_settings(_table(file))
            propose_settings(CHANGE, chosen, by=caller_named(county.id, by), at=clock.now())
        found = settings_of(county.id)
    click.echo(json.dumps(found.as_json(), ensure_ascii=False, indent=2))


def _table(file: TextIO) -> dict[str, object]:
    try:
        table = json.load(file)
    except ValueError as error:
        raise click.ClickException(f"{file.name}: {error}") from None
    if not isinstance(table, dict):
        raise click.ClickException(f"{file.name}: not a JSON object")
    return table


COMMANDS = (rounds,)
