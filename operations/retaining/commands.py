"""``flask retention``: what is kept, and the right to end it."""

import click
from flask.cli import AppGroup

from operations import domains
from operations.retaining import sweeping, telling

retention = AppGroup("retention", help="What is kept of people, and for how long.")


@retention.command()
def table() -> None:
    """Print the table of docs/operations.md."""
    click.echo(telling.table())


@retention.command()
def rights() -> None:
    """Print what fen_keeper must be granted, for a migration."""
    for kept in sorted(domains.kept().values(), key=lambda one: one.table):
        for right in sweeping.rights_for(kept):
            click.echo(right)


COMMANDS = (retention,)
