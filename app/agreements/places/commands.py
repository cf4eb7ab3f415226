"""``flask county add``: places of a county."""

import click
from flask.cli import AppGroup

from app.agreements.places.service import propose_place
from app.kernel import clock
from app.kernel.db import transaction
from app.kernel.shell import by_option, told
from app.register.identity.named import official_named
from app.register.identity.roles import Role
from app.register.regions import queries, service

county = AppGroup("county", help="Enter a county, its towns and villages.")


@county.command()
@click.argument("county_id", type=int)
@click.argument("names", nargs=-1, required=True)
@by_option
@told
def add(county_id: int, names: tuple[str, ...], by: str) -> None:
    """Enter a place by names from the county down: TOWN [VILLAGE [GROUP]].

    Levels that exist already are kept, so `add 990101 和平镇 前进村` may be repeated. Once there
    are administrators, --by proposes the first level that is missing, for another to agree.
    """
    state = ""
    with transaction():
        place, at = queries.root(county_id), clock.now()
        who = official_named(county_id, by, [Role.COUNTY_ADMIN])
        for name in names:
            found = queries.child(place.id, name)
            if found is None and who is not None:
                propose_place(parent_id=place.id, name=name, by=who, at=at)
                state = f"{name}: proposed"
                break
            place = found or service.add_region(
                county_id=county_id, parent_id=place.id, name=name, actor_id=None, at=at
            )
    click.echo(f"{state or '/'.join(names) + ': ' + place.kind}.")


COMMANDS = (county,)
