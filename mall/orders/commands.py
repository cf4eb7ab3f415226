"""``flask county order-times``: how long orders may take."""

import click
from flask.cli import AppGroup

from app.kernel import clock
from app.kernel.db import transaction
from app.kernel.shell import told
from mall.orders.settings import SETTINGS, OrderSettings

county = AppGroup("county")


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
        SETTINGS.set(
            county_id=county_id,
            settings=OrderSettings(prepare, pick_up, substitute),
            actor_id=None,
            at=clock.now(),
        )
    click.echo(
        f"{county_id}: ready within {prepare} hours, handed over within {pick_up} days, "
        f"substitutes answered within {substitute} minutes."
    )


COMMANDS = (county,)
