"""``flask county settings``: what a county has chosen, and proposing or tightening it."""

from collections.abc import Mapping
from dataclasses import replace

import click
from flask.cli import AppGroup

from app.agreements.choices.kinds import SETTINGS_KINDS, SettingsKind
from app.agreements.choices.service import make_stricter, propose_settings
from app.kernel import clock, texts
from app.kernel.db import reading, transaction
from app.kernel.shell import by_option, told
from app.register.identity.named import caller_named
from app.register.regions import queries as regions
from app.register.regions.county_settings import bounds_of

county = AppGroup("county")


@county.command()
@click.argument("county_id", type=int)
@click.argument("name", required=False)
@click.argument("values", nargs=-1, metavar="[KEY=NUMBER]...")
@by_option
@told
def settings(county_id: int, name: str | None, values: tuple[str, ...], by: str) -> None:
    """Print what the county has chosen; with KEY=NUMBER propose another, in the name of --by.

    Another administrator agrees in the mini-program, and a day later it counts. Without --by what
    only makes stricter counts at once. NUMBER may be `none`, for no limit. Amounts are in fen.
    """
    change = _named(name) if name else None
    if change is not None and values:
        _set(change, county_id, _numbers(change, values), by)
    with reading():
        regions.county(county_id)
        for each in [change] if change is not None else SETTINGS_KINDS.values():
            _show(each, county_id)


def _named(name: str) -> SettingsKind:
    if name not in SETTINGS_KINDS:
        raise click.BadParameter(f"one of {', '.join(sorted(SETTINGS_KINDS))}")
    return SETTINGS_KINDS[name]


def _numbers(change: SettingsKind, values: tuple[str, ...]) -> dict[str, int | None]:
    known, found = bounds_of(change.settings.defaults), dict[str, int | None]()
    for value in values:
        key, _, number = value.partition("=")
        if key not in known:
            raise click.BadParameter(f"one of {', '.join(known) or 'none by this command'}")
        if number != "none" and not texts.are_digits(number):
            raise click.BadParameter(f"{key}=NUMBER, a whole number or none")
        found[key] = None if number == "none" else int(number)
    return found


def _set(change: SettingsKind, county_id: int, numbers: Mapping[str, int | None], by: str) -> None:
    with transaction():
        after = replace(change.settings.of(county_id), **numbers)
        if by:
            proposer = caller_named(county_id, by)
            propose_settings(change, after, by=proposer, at=clock.now())
        else:
            make_stricter(change, after, county_id=county_id, at=clock.now())
    click.echo("Proposed." if by else "In force.")


def _show(change: SettingsKind, county_id: int) -> None:
    chosen = change.settings.of(county_id)
    click.echo(f"{change.settings.name}: {change.settings.title}")
    for key, bounds in bounds_of(chosen).items():
        number = getattr(chosen, key)
        shown = "none" if number is None else number
        click.echo(f"  {key}={shown}  {bounds.label} {bounds.said(number)}（{bounds.span}）")


COMMANDS = (county,)
