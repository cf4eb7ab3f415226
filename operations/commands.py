"""``flask config``, ``worker``, ``cron``, ``county create``, ``secrets``: what runs it all."""

from collections.abc import Callable

import click
from flask import current_app
from flask.cli import AppGroup, with_appcontext

from app.kernel import clock
from app.kernel.db import transaction
from app.kernel.secrets import vault
from app.kernel.shell import by_option, told
from app.points import awards
from app.register.identity.named import official_of_any_county
from app.register.identity.roles import Role
from app.register.regions import service as regions
from operations import domains, resealing
from operations.resealing import After, Told
from operations.workers import cron, worker

SHOWN_MAX = 20  # rows of a column

county = AppGroup("county")


@county.command()
@click.argument("county_id", type=int)
@click.argument("name")
@by_option
@told
def create(county_id: int, name: str, by: str) -> None:
    """Enter a county by its six-digit division code.

    After the first one, --by names an administrator of a county that is here.
    """
    with transaction():
        at = clock.now()
        who = official_of_any_county(by, [Role.COUNTY_ADMIN])
        answers = (who.county_id, who.user_id) if who is not None else None
        regions.create_county(county_id=county_id, name=name, at=at, by=answers)
        awards.open_policy(county_id=county_id, at=at)
    click.echo(f"{county_id} {name}: entered.")


@click.command()
@with_appcontext
def config() -> None:
    """Print the effective settings, secrets hidden."""
    for variable, value in current_app.config["SETTINGS"].shown().items():
        click.echo(f"{variable}={value or '(not set)'}")


secrets = AppGroup("secrets", help="The keys of sealed values.")


@secrets.command("reseal")
@by_option
@told
def reseal_command(by: str) -> None:
    """Seal every value anew under the first key of FEN_FIELD_KEYS; then `secrets check`.

    It can be ended and started again at any time, while the service runs.
    """
    who = official_of_any_county(by, [Role.COUNTY_ADMIN])
    with resealing.as_owner(current_app.config["SETTINGS"]):
        by_whom = who.user_id if who is not None else None
        _end(
            each_column(
                lambda told, after: resealing.reseal(
                    vault(), told, after, by=by_whom, at=clock.now()
                )
            )
        )


@secrets.command("check")
@told
def check_secrets() -> None:
    """Open every sealed value with the first key of FEN_FIELD_KEYS alone; exit code 0: all do."""
    with resealing.as_owner(current_app.config["SETTINGS"]):
        _end(each_column(lambda told, after: resealing.check(vault(), told, after)))


def each_column(work: Callable[[Told, After], After]) -> list[Told]:
    """Do it with every sealed column, some rows a transaction, and say how it went."""
    every = []
    for column in domains.sealed():
        told, after, goes_on = Told(column), None, True
        while goes_on:
            with transaction():
                after = work(told, after)
            goes_on = after is not None
        every.append(_tell(told))
    return every


def _tell(one: Told) -> Told:
    name = f"{one.column.table}.{one.column.column}"
    told = (f"{one.sealed_anew} sealed anew", f"{one.opened} open", f"{len(one.shut)} do not")
    click.echo(f"{name}: {', '.join(told)}")
    for row in one.shut[:SHOWN_MAX]:
        click.echo(f"  {row}")
    return one


def _end(columns: list[Told]) -> None:
    if shut := sum(len(one.shut) for one in columns):
        raise click.ClickException(
            f"{shut} values do not open: keep the old key, and look at each. "
            f"有 {shut} 个加密值打不开：旧密钥先不要丢弃，请逐个查明。"
        )
    click.echo("Every value opens. 全部可以打开。")


COMMANDS = (config, county, cron, secrets, worker)
