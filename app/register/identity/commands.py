"""``flask staff block``: the way out for anybody."""

import click
from flask.cli import AppGroup

from app.kernel import clock
from app.kernel.db import transaction
from app.kernel.shell import county_option, told
from app.register.identity import queries, service
from app.register.identity.errors import UserNotFound
from app.register.identity.models import User
from app.register.regions.queries import named_or_only_county

staff = AppGroup("staff", help="Give roles to people, and block people.")


@staff.command()
@click.option("--phone", required=True)
@county_option
@told
def block(phone: str, county_id: int | None) -> None:
    """Refuse somebody from now on and end their tokens."""
    _set_blocked(phone, county_id, is_blocked=True)
    click.echo("Blocked.")


@staff.command()
@click.option("--phone", required=True)
@county_option
@told
def unblock(phone: str, county_id: int | None) -> None:
    """Admit somebody again."""
    _set_blocked(phone, county_id, is_blocked=False)
    click.echo("Admitted again.")


def _set_blocked(phone: str, county_id: int | None, *, is_blocked: bool) -> None:
    with transaction():
        county = named_or_only_county(county_id)
        service.block_user(
            county_id=county.id,
            user_id=_user(county.id, phone).id,
            is_blocked=is_blocked,
            actor_id=None,
            at=clock.now(),
        )


def _user(county_id: int, phone: str) -> User:
    user = queries.user_by_phone(county_id, phone)
    if user is None:
        raise UserNotFound()
    return user


COMMANDS = (staff,)
