"""``flask messages …``: by which templates WeChat carries our notices."""

import click
from flask.cli import AppGroup

from app.kernel import clock
from app.kernel.db import reading, transaction
from app.kernel.shell import by_option, county_option, told
from app.messages.delivery import queries, service
from app.messages.delivery.words import VALUE_NAMES
from app.messages.notices.kinds import kinds
from app.register.identity.named import official_named
from app.register.identity.roles import Role
from app.register.regions.queries import named_or_only_county

messages = AppGroup("messages", help="See and set the templates of WeChat messages.")


def _known(context: click.Context, parameter: click.Parameter, value: str) -> str:
    """A kind of notices; which there are is known when all domains are found."""
    return click.Choice(list(kinds())).convert(value, parameter, context)


@messages.command()
@click.argument("kind", callback=_known)
@click.argument("template_id")
@click.argument("fields", nargs=-1, required=True)
@by_option
@county_option
@told
def template(
    kind: str, template_id: str, fields: tuple[str, ...], by: str, county_id: int | None
) -> None:
    """Send notices of KIND by TEMPLATE_ID, with FIELDS such as thing1=title date2=day.

    For every county; --county is the one of whoever --by names, whose auditor reads it.
    """
    pairs = dict(field.partition("=")[::2] for field in fields)
    with transaction():
        county = named_or_only_county(county_id)
        who = official_named(county.id, by, [Role.COUNTY_ADMIN, Role.OPERATOR])
        service.set_template(
            kind=kind,
            template_id=template_id,
            fields=pairs,
            county_id=county.id,
            by=who.user_id if who else None,
            at=clock.now(),
        )
    click.echo(f"{kind}: {template_id}")


@messages.command()
@told
def templates() -> None:
    """List the templates that are set, and the kinds of notices that have none yet."""
    with reading():
        found = {row.kind: row for row in queries.templates()}
    for kind in kinds():
        row = found.get(kind)
        fields = " ".join(f"{key}={name}" for key, name in row.fields.items()) if row else ""
        click.echo(f"{kind}: {row.template_id} {fields}" if row else f"{kind}: (not set)")
    click.echo(f"Values: {', '.join(sorted(VALUE_NAMES))}")


COMMANDS = (messages,)
