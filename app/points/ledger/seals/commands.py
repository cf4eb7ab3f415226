"""``flask ledger …``: seals, for those who keep them, and receipts, for those who check them."""

import json
from datetime import datetime
from typing import TextIO

import click
from flask.cli import AppGroup

from app.kernel import audit, clock
from app.kernel.db import snapshot
from app.kernel.seals import export_lines
from app.kernel.shell import told
from app.kernel.signing import PublicKeys, read_public_keys, signer
from app.kernel.units import yuan_text
from app.points.ledger import jobs, seals

ledger = AppGroup("ledger", help="Prove the points ledger.")


@ledger.command("seal")
@told
def seal() -> None:
    """Seal what was committed since the last seals, as the sweep does every ten minutes."""
    jobs.seal_committed()


@ledger.command("public-key")
def public_key() -> None:
    """Print the public key of the seals (base64), for whoever checks them."""
    click.echo(signer().public_key)


@ledger.command("export-seals")
@click.option(
    "--date", "on", type=click.DateTime(["%Y-%m-%d"]), required=True, help="The day, in China."
)
@click.option(
    "--out", type=click.File("w", encoding="utf-8", atomic=True), default="-", help="The file."
)
@told
def export_seals(on: datetime, out: TextIO) -> None:
    """Write the seals of a day as JSON lines, for the bank and the regulator to keep."""
    day = on.date()
    with snapshot() as connection:
        begin, end = clock.day_start(day), clock.day_end(day)
        made = [
            *seals.TRANSFERS.made_in(connection, begin, end),
            *audit.TRACE.made_in(connection, begin, end),
        ]
    for line in export_lines(day, made, public_key=signer().public_key):
        out.write(line + "\n")


@ledger.command("check-receipt")
@click.argument("file", type=click.File("r", encoding="utf-8"))
@click.option(
    "--public-key", "given", multiple=True, help="Whose seals to believe; else this service's own."
)
def check_receipt(file: TextIO, given: tuple[str, ...]) -> None:
    """Check a receipt by the public key alone, without a database; exit 1 when it is false."""
    known = _known(given)
    try:
        facts, seal = seals.check_receipt(json.load(file), known)
    except (seals.BadReceipt, ValueError, AttributeError) as error:
        raise click.ClickException(f"FALSE / 凭证不实: {error}") from None
    click.echo(
        f"TRUE / 凭证属实: {facts.kind} {facts.reference} {yuan_text(facts.amount)} 元, "
        f"{facts.posted_at:%Y-%m-%d %H:%M:%S} UTC, county {facts.county_id}, "
        f"seal {seal.number} of {seal.sealed_at:%Y-%m-%d %H:%M:%S} UTC, key {seal.key_id}"
    )


def _known(given: tuple[str, ...]) -> PublicKeys:
    if not given:
        return signer().known
    try:
        return read_public_keys(given)
    except ValueError as error:
        raise click.ClickException(str(error)) from None


COMMANDS = (ledger,)
