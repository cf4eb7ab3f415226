"""``flask ledger …``: proof that the books are right."""

import json
import sys
from dataclasses import asdict

import click
from flask.cli import AppGroup
from sqlalchemy import Connection, text

from app import ledger
from app.cli.refusals import told
from app.kernel.db import db
from app.ledger.proof import Proof

group = AppGroup("ledger", help="Prove the points ledger.")


@group.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object for programs.")
@told
def verify(as_json: bool) -> None:
    """Recompute every balance, hold and hash chain; exit 1 at the first lie.

    Reads one consistent snapshot, so it may run beside traffic. Changes nothing.
    """
    with db.engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
        proof = _verified(connection, quiet=as_json)
    _print_json(proof) if as_json else _print(proof)
    sys.exit(0 if proof.holds_true else 1)


def _verified(connection: Connection, *, quiet: bool) -> Proof:
    # Recomputing a county's years takes longer than any request may.
    connection.execute(text("SET statement_timeout = 0"))
    connection.execute(text("SET idle_in_transaction_session_timeout = 0"))
    entries = 2 * connection.execute(text("SELECT count(*) FROM ledger.transfers")).scalar_one()
    with click.progressbar(
        length=entries, label="Recomputing / 核对账本", file=sys.stderr, hidden=quiet
    ) as bar:
        return ledger.verify(connection, on_progress=bar.update)


def _print_json(proof: Proof) -> None:
    click.echo(json.dumps({**asdict(proof), "holds_true": proof.holds_true}, ensure_ascii=False))


def _print(proof: Proof) -> None:
    for finding in proof.findings:
        click.echo(
            f"WRONG / 不符  county {finding.county_id}  {finding.check}: "
            f"{finding.subject} {finding.problem}"
        )
    click.echo(
        f"{proof.transfers} transfers, {proof.accounts} accounts, {proof.holds} holds recomputed: "
        + (
            "all true / 账目全部正确"
            if proof.holds_true
            else f"{len(proof.findings)} lies / 有问题"
        )
    )
