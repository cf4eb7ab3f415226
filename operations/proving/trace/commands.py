"""``flask audit …``: the trace, for those who prove it and those who are given it."""

import json
import re
import sys
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TextIO

import click
from flask.cli import AppGroup
from sqlalchemy import Connection, text

from app.kernel import clock
from app.kernel.audit import verifying
from app.kernel.audit.verifying import Place
from app.kernel.db import snapshot
from app.kernel.findings import Findings
from app.kernel.seals import BadExport, Seal, read_export
from app.kernel.shell import told
from app.kernel.signing import read_public_keys, signer
from operations import domains
from operations.proving import inventory
from operations.proving.trace import export

audit_group = AppGroup("audit", help="Prove the trace of what was done.")
OF_THE_TRACE = "_trace"  # how a question ends that compares rows with it
_SEALS_BETWEEN_WORDS = 100


@audit_group.command()
@click.option(
    "--since",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Reread only what was sealed from this day on; the rest is believed by its seals.",
)
@click.option("--after", help="COUNTY:SEAL up to which an interrupted run has read.")
@click.option(
    "--seals",
    "files",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    multiple=True,
    help="A file of `ledger export-seals`, as a bank or regulator kept it.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object for programs.")
@told
def verify(
    since: datetime | None, after: str | None, files: tuple[Path, ...], as_json: bool
) -> None:
    """Read every event and every seal of the trace again; exit 1 when anything is untrue.

    Also holds the rows of the domains against it, and what protects it against what was shipped.
    Reads one consistent snapshot, so it may run beside traffic, and needs the same memory for a
    day and for ten years. Changes nothing.
    """
    begin = clock.day_start(since.date()) if since else None
    place = _place(after) if after else None
    handed_out = [seal for file in files for seal in _read_seals(file)]
    findings = Findings()
    with snapshot() as connection:
        read = _verify(connection, findings, begin, place, handed_out)
    _print_json(findings, read) if as_json else _print(findings, read)
    sys.exit(0 if findings.holds_true else 1)


@audit_group.command("export")
@click.option("--county", "county_id", type=int, required=True, help="Its six-digit code.")
@click.option("--from", "first", type=click.DateTime(["%Y-%m-%d"]), required=True)
@click.option("--to", "last", type=click.DateTime(["%Y-%m-%d"]), required=True)
@click.option(
    "--out", type=click.File("w", encoding="utf-8", atomic=True), default="-", help="The file."
)
@told
def export_trace(county_id: int, first: datetime, last: datetime, out: TextIO) -> None:
    """Write a county's events of some days with their seals, for others to check and to keep."""
    since, until = clock.day_start(first.date()), clock.day_end(last.date())
    with snapshot() as connection:
        _take_time(connection)
        for line in export.lines(
            connection, county_id, since, until, public_key=signer().public_key
        ):
            out.write(line + "\n")


@audit_group.command("check-export")
@click.argument("file", type=click.File("r", encoding="utf-8"))
@click.option(
    "--public-key", "given", multiple=True, help="Whose seals to believe; else this service's own."
)
def check_export(file: TextIO, given: tuple[str, ...]) -> None:
    """Check such a file by the public key alone, without a database; exit 1 when it is false."""
    try:
        known = read_public_keys(given) if given else signer().known
        checked = export.check(file, known)
    except (export.BadTrace, ValueError) as error:
        raise click.ClickException(f"FALSE / 留痕不实: {error}") from None
    click.echo(
        f"TRUE / 留痕属实: {checked.sealed} events under {checked.seals} seals; "
        f"{checked.unsealed} not sealed yet, which nothing proves"
    )


def _verify(
    connection: Connection,
    findings: Findings,
    since: datetime | None,
    after: Place | None,
    handed_out: list[Seal],
) -> int:
    _take_time(connection)
    made = 0

    def on_seal(seal: Seal) -> None:
        nonlocal made
        made += 1
        if made % _SEALS_BETWEEN_WORDS == 0:
            said = seal.statement
            click.echo(f"read up to --after {said.county_id}:{said.number}", err=True)

    read = verifying.verify(
        connection, findings, signer().known, since=since, after=after, on_seal=on_seal
    )
    if handed_out:
        verifying.compare(connection, findings, handed_out)
    findings.ask(
        connection,
        {name: sql for name, sql in domains.questions().items() if name.endswith(OF_THE_TRACE)},
    )
    inventory.compare(connection, findings)
    return read


def _take_time(connection: Connection) -> None:
    """Reading years takes longer than any request may."""
    connection.execute(text("SET LOCAL statement_timeout = 0"))
    connection.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))


def _place(after: str) -> Place:
    found = re.fullmatch(r"(\d{6}):(\d+)", after, re.ASCII)
    if found is None:
        raise click.ClickException("--after is COUNTY:SEAL, as an interrupted run has told it")
    return Place(int(found[1]), int(found[2]))


def _read_seals(file: Path) -> list[Seal]:
    try:
        return read_export(file.read_text(encoding="utf-8").splitlines())
    except (BadExport, UnicodeDecodeError) as error:
        raise click.ClickException(f"{file}: {error}") from None


def _print_json(findings: Findings, read: int) -> None:
    report = {
        "events": read,
        "checks": findings.checks,
        "findings": [asdict(finding) for finding in findings.findings],
        "holds_true": findings.holds_true,
    }
    click.echo(json.dumps(report, ensure_ascii=False))


def _print(findings: Findings, read: int) -> None:
    for check, lies in findings.checks.items():
        click.echo(f"{'ok / 正确  ' if not lies else 'WRONG / 不符'}  {check}")
    for finding in findings.findings:
        click.echo(
            f"WRONG / 不符  county {finding.county_id}  {finding.check}: "
            f"{finding.subject} {finding.problem}"
        )
    said = "all true / 留痕全部属实"
    if not findings.holds_true:
        said = f"{len(findings.findings)} lies / 有问题"
    click.echo(f"{read} events read: {said}")


COMMANDS = (audit_group,)
