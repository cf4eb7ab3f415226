"""``flask staff grant`` and ``flask trust check``."""

from typing import Any

import click
from flask.cli import AppGroup

from app.agreements.grants import queries, service
from app.kernel import clock
from app.kernel.db import reading, transaction
from app.kernel.shell import county_option, told
from app.register.identity import queries as identity
from app.register.identity.named import caller_named
from app.register.identity.roles import IN_AN_AREA, NAMES, Role
from app.register.regions.queries import named_or_only_county, named_place

staff = AppGroup("staff")
trust = AppGroup("trust", help="Whether no one alone can do what needs two.")


@staff.command()
@click.option("--phone", required=True, help="Whoever proves this phone to WeChat has the role.")
@click.option("--name", required=True)
@click.option("--id-number", required=True, help="As on the document that you have seen.")
@click.option("--role", required=True, type=click.Choice(sorted(role.value for role in IN_AN_AREA)))
@click.option("--area", default="", help="Like 和平镇/前进村; left out: the whole county.")
@click.option("--by", default="", help="The phone of the administrator who proposes it.")
@county_option
@told
def grant(
    phone: str, name: str, id_number: str, role: str, area: str, by: str, county_id: int | None
) -> None:
    """Enter one of the first two administrators or the auditor; else propose, for another to agree.

    The first ones are in force at once, once a county.
    """
    with transaction():
        county = named_or_only_county(county_id)
        who: dict[str, Any] = {
            "phone": phone,
            "name": name,
            "id_number": id_number,
            "role": Role(role),
            "place_id": named_place(county.id, area).id,
        }
        if by:
            proposer = caller_named(county.id, by)
            service.propose_grant(**who, by=proposer, at=clock.now())
        else:
            service.enter_first(**who, county_id=county.id, at=clock.now())
    state = "proposed" if by else "entered"
    click.echo(f"{name}: {role}, {area or county.name}: {state}.")


@staff.command()
@click.option("--phone", required=True)
@click.option("--id-number", required=True, help="As on the document that you have seen.")
@county_option
@told
def identify(phone: str, id_number: str, county_id: int | None) -> None:
    """Enter who one of the staff is, from before that was asked; what is known stays."""
    with transaction():
        county = named_or_only_county(county_id)
        service.identify_from_before(
            county_id=county.id, phone=phone, id_number=id_number, at=clock.now()
        )
    click.echo("Entered.")


@trust.command()
@county_option
@told
def check(county_id: int | None) -> None:
    """List who holds an office and is nobody known, and who holds two roles that must be apart."""
    with reading():
        county = named_or_only_county(county_id)
        found = queries.faults(county.id)
        names = identity.names([fault.user_id for fault in found])
    for fault in found:
        roles = "、".join(NAMES.get(role, role) for role in fault.roles)
        click.echo(f"{names[fault.user_id]}: {roles}: {fault.sentence}")
    if found:
        raise click.exceptions.Exit(1)


COMMANDS = (staff, trust)
