"""The ``flask …`` commands."""

from flask import Flask

from app.cli import bank, ledger, settings


def init_app(app: Flask) -> None:
    app.cli.add_command(bank.bank)
    app.cli.add_command(settings.config)
    app.cli.add_command(ledger.group)
