"""``flask county visit-days``: when visits are due, and how late their records may come."""

import click
from flask.cli import AppGroup

from app.kernel import clock
from app.kernel.db import transaction
from app.kernel.shell import told
from app.sorting.inspections.settings import SETTINGS

county = AppGroup("county")


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
        SETTINGS.change(
            county_id=county_id,
            actor_id=None,
            at=clock.now(),
            visit_due_days=due,
            late_record_days_max=late,
        )
    click.echo(f"{county_id}: due after {due} days, records up to {late} days late.")


COMMANDS = (county,)
