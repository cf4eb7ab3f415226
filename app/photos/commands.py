"""``flask county photo-months``: how long pictures are kept."""

import click
from flask.cli import AppGroup

from app.kernel import clock
from app.kernel.db import transaction
from app.kernel.shell import told
from app.photos.settings import PHOTO_MONTHS_MAX, SETTINGS

county = AppGroup("county")


@county.command("photo-months")
@click.argument("county_id", type=int)
@click.argument("months", type=click.IntRange(1, PHOTO_MONTHS_MAX))
@told
def photo_months(county_id: int, months: int) -> None:
    """Delete the pictures of photos after so many MONTHS; what was decided on them stays."""
    with transaction():
        SETTINGS.change(county_id=county_id, actor_id=None, at=clock.now(), photo_months=months)
    click.echo(f"{county_id}: {months} months.")


COMMANDS = (county,)
