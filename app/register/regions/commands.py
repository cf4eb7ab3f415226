"""``flask county add``: places of a county."""

import click
from flask.cli import AppGroup

from app.kernel import clock
from app.kernel.db import transaction
from app.kernel.shell import told
from app.register.regions import queries, service

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


COMMANDS = (county,)
