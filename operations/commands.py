"""``flask config``, ``worker``, ``cron`` and ``county create``: what runs an installation."""

import click
from flask import current_app
from flask.cli import AppGroup, with_appcontext

from app.kernel import clock
from app.kernel.db import transaction
from app.kernel.shell import told
from app.points import awards
from app.register.regions import service as regions
from operations.workers import cron, worker

county = AppGroup("county")


@county.command()
@click.argument("county_id", type=int)
@click.argument("name")
@told
def create(county_id: int, name: str) -> None:
    """Enter a county by its six-digit division code."""
    with transaction():
        at = clock.now()
        regions.create_county(county_id=county_id, name=name, at=at)
        awards.open_policy(county_id=county_id, at=at)
    click.echo(f"{county_id} {name}: entered.")


@click.command()
@with_appcontext
def config() -> None:
    """Print the effective settings, secrets hidden."""
    for variable, value in current_app.config["SETTINGS"].shown().items():
        click.echo(f"{variable}={value or '(not set)'}")


COMMANDS = (config, county, cron, worker)
