"""``flask staff block``: the way out for anybody; and ``unblock``, in somebody's name."""

from uuid import UUID

import click
from flask.cli import AppGroup

from app.kernel import clock
from app.kernel.db import transaction
from app.kernel.shell import by_option, county_option, told
from app.register.identity import queries, service
from app.register.identity.errors import UserNotFound
from app.register.identity.models import User
from app.register.identity.named import official_named
from app.register.identity.roles import Role
from app.register.regions.queries import named_or_only_county

staff = AppGroup("staff", help="Give roles to people, and block people.")


@staff.command()
@click.option("--phone", required=True)
@county_option
@told
def block(phone: str, county_id: int | None) -> None:
    """Refuse somebody from now on and end their tokens."""
    with transaction():
        county = named_or_only_county(county_id)
        _set_blocked(county.id, phone, is_blocked=True, actor_id=None)
    click.echo("Blocked.")


@staff.command()
@click.option("--phone", required=True)
@by_option
@county_option
@told
def unblock(phone: str, by: str, county_id: int | None) -> None:
    """Admit somebody again, in the name of an administrator who is not blocked."""
    with transaction():
        county = named_or_only_county(county_id)
        who = official_named(county.id, by, [Role.COUNTY_ADMIN])
        _set_blocked(county.id, phone, is_blocked=False, actor_id=who.user_id if who else None)
    click.echo("Admitted again.")


def _set_blocked(county_id: int, phone: str, *, is_blocked: bool, actor_id: UUID | None) -> None:
    service.block_user(
        county_id=county_id,
        user_id=_user(county_id, phone).id,
        is_blocked=is_blocked,
        actor_id=actor_id,
        at=clock.now(),
    )


def _user(county_id: int, phone: str) -> User:
    user = queries.user_by_phone(county_id, phone)
    if user is None:
        raise UserNotFound()
    return user


COMMANDS = (staff,)
