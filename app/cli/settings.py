"""``flask config``: what this installation is set to."""

import click
from flask import current_app
from flask.cli import with_appcontext


@click.command()
@with_appcontext
def config() -> None:
    """Print the effective settings, secrets hidden."""
    for variable, value in current_app.config["SETTINGS"].shown().items():
        click.echo(f"{variable}={value or '(not set)'}")
