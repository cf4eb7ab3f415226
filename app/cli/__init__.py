"""The ``flask …`` commands."""

from flask import Flask

from app.cli import (
    bank,
    budget,
    county,
    ledger,
    messages,
    photos,
    policy,
    rates,
    roster,
    rounds,
    seals,
    settings,
    staff,
    workers,
)


def init_app(app: Flask) -> None:
    app.cli.add_command(bank.bank)
    app.cli.add_command(budget.budget)
    app.cli.add_command(settings.config)
    app.cli.add_command(county.county)
    app.cli.add_command(ledger.group)
    app.cli.add_command(messages.messages)
    seals.add_to(ledger.group)
    app.cli.add_command(rates.rates)
    app.cli.add_command(policy.policy)
    app.cli.add_command(photos.photo)
    app.cli.add_command(roster.roster)
    app.cli.add_command(rounds.rounds)
    app.cli.add_command(staff.staff)
    app.cli.add_command(workers.worker)
    app.cli.add_command(workers.cron)
