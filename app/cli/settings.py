"""``flask config``: what this installation is set to."""

import click
from flask import current_app


@click.command()
def config() -> None:
    """Print the effective settings, secrets hidden."""
    for variable, value in current_app.config["SETTINGS"].shown().items():
        click.echo(f"{variable}={value or '(not set)'}")
