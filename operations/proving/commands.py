"""``flask ledger …``: proof that the books are right."""

import json
import sys
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

import click
from flask.cli import AppGroup

from app.kernel import clock
from app.kernel.db import snapshot
from app.kernel.seals import BadExport, Seal, read_export
from app.kernel.shell import told
from app.kernel.signing import signer
from app.points import ledger
from operations.proving import length, prove

group = AppGroup("ledger", help="Prove the points ledger.")


@group.command()
@click.option(
    "--since",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Reread only what was not sealed before this day; the rest is believed by its seals.",
)
@click.option(
    "--seals",
    "files",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    multiple=True,
    help="A file of export-seals, as a bank or regulator kept it: its seals must still be there.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object for programs.")
@told
def verify(since: datetime | None, files: tuple[Path, ...], as_json: bool) -> None:
    """Recompute every balance, hold, hash chain and seal; exit 1 when anything is untrue.

    Reads one consistent snapshot, so it may run beside traffic. Changes nothing.
    """
    handed_out = [seal for file in files for seal in _read_seals(file)]
    begin = clock.day_start(since.date()) if since else None
    with snapshot() as connection:
        to_hash = length(connection, since=begin)
        with click.progressbar(
            length=to_hash, label="Recomputing / 核对账本", file=sys.stderr, hidden=as_json
        ) as bar:
            proof = prove(
                connection,
                public_keys=signer().known,
                since=begin,
                handed_out=handed_out,
                on_progress=bar.update,
            )
    _print_json(proof) if as_json else _print(proof)
    sys.exit(0 if proof.holds_true else 1)


def _read_seals(file: Path) -> list[Seal]:
    try:
        return read_export(file.read_text(encoding="utf-8").splitlines())
    except (BadExport, UnicodeDecodeError) as error:
        raise click.ClickException(f"{file}: {error}") from None


def _print_json(proof: ledger.Proof) -> None:
    report = {
        "transfers": proof.transfers,
        "accounts": proof.accounts,
        "holds": proof.holds,
        "seals": proof.seals,
        "checks": proof.checks,
        "findings": [asdict(finding) for finding in proof.findings],
        "holds_true": proof.holds_true,
    }
    click.echo(json.dumps(report, ensure_ascii=False))


def _print(proof: ledger.Proof) -> None:
    for check, lies in proof.checks.items():
        click.echo(f"{'ok / 正确  ' if not lies else 'WRONG / 不符'}  {check}")
    for finding in proof.findings:
        click.echo(
            f"WRONG / 不符  county {finding.county_id}  {finding.check}: "
            f"{finding.subject} {finding.problem}"
        )
    click.echo(
        f"{proof.transfers} transfers, {proof.accounts} accounts, {proof.holds} holds, "
        f"{proof.seals} seals recomputed: "
        + (
            "all true / 账目全部正确"
            if proof.holds_true
            else f"{len(proof.findings)} lies / 有问题"
        )
    )


COMMANDS = (group,)
