"""``flask config``, ``worker``, ``cron`` and ``county create``: what runs an installation."""

import click
from flask import current_app
from flask.cli import AppGroup, with_appcontext

from app.kernel import clock
from app.kernel.db import transaction
from app.kernel.shell import by_option, told
from app.points import awards
from app.register.identity.named import official_of_any_county
from app.register.identity.roles import Role
from app.register.regions import service as regions
from operations.workers import cron, worker

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


COMMANDS = (config, county, cron, worker)
