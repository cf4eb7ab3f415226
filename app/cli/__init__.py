"""The ``flask …`` commands."""

from flask import Flask

from app.cli import county, ledger, roster, settings, staff


def init_app(app: Flask) -> None:
    app.cli.add_command(settings.config)
    app.cli.add_command(county.county)
    app.cli.add_command(ledger.group)
    app.cli.add_command(roster.roster)
    app.cli.add_command(staff.staff)
