"""The ``flask …`` commands."""

from flask import Flask

from app.cli import bank, budget, county, ledger, photos, roster, seals, settings, staff, workers


def init_app(app: Flask) -> None:
    app.cli.add_command(bank.bank)
    app.cli.add_command(budget.budget)
    app.cli.add_command(settings.config)
    app.cli.add_command(county.county)
    app.cli.add_command(ledger.group)
    seals.add_to(ledger.group)
    app.cli.add_command(photos.photo)
    app.cli.add_command(roster.roster)
    app.cli.add_command(staff.staff)
    app.cli.add_command(workers.worker)
    app.cli.add_command(workers.cron)
