"""Receipts: proof, for one of the two sides, that a transfer lies under a signed seal."""

import base64
import binascii
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import text

from app.kernel.db import db
from app.kernel.seals import Sealed, SealStatement, merkle
from app.kernel.seals.statement import instant_text, read_statement
from app.kernel.signing import PublicKeys
from app.points.ledger.accounts import AccountKind
from app.points.ledger.errors import NotSealedYet, SealBroken, TransferNotFound
from app.points.ledger.seals.leaves import Side, TransferFacts, sealed_transfers
from app.points.ledger.seals.sealing import TRANSFERS

log = structlog.get_logger(__name__)

TITLE = "fen-receipt-1"
_SEALED = Sealed.TRANSFERS

_COMMIT = text("""
    SELECT CAST(CAST(xact AS text) AS bigint) FROM ledger.transfers
     WHERE county_id = :county_id AND id = :id
       AND EXISTS (SELECT FROM ledger.accounts a
                    WHERE a.county_id = :county_id AND a.id IN (debit, credit)
                      AND a.kind = ANY (:kinds) AND a.owner = ANY (:owners))
""")


class BadReceipt(Exception):
    """The receipt proves nothing; the message says why."""


def receipt(
    county_id: int, transfer_id: UUID, owners: Mapping[UUID, AccountKind]
) -> dict[str, Any]:
    """A receipt of a transfer, as JSON, for the owner of one of its sides.

    It shows the owner's side and keeps the other's secret.

    Raises:
        TransferNotFound: there is none such of these owners.
        NotSealedYet: no seal covers it yet.
        SealBroken: somebody altered what was sealed.
    """
    connection = db.session.connection()
    xact = connection.execute(
        _COMMIT,
        {
            "county_id": county_id,
            "id": transfer_id,
            "kinds": sorted({kind.value for kind in owners.values()}),
            "owners": sorted(owners),
        },
    ).scalar()
    if xact is None:
        raise TransferNotFound()
    seal = TRANSFERS.covering(connection, county_id, xact)
    if seal is None:
        raise NotSealedYet()
    said = seal.statement
    covered = sealed_transfers(connection, county_id, said.commits_from, said.commits_before)
    leaves = [transfer.leaf() for transfer in covered]
    if len(leaves) != said.count or merkle.root(leaves) != said.root:
        log.error("ledger.seal_broken", county_id=county_id, seal=said.number)
        raise SealBroken()
    index = next(i for i, transfer in enumerate(covered) if transfer.facts.id == transfer_id)
    transfer = covered[index]
    return {
        "format": TITLE,
        "transfer": {
            **_facts_json(transfer.facts),
            "debit": _side_json(transfer.debit, county_id, owners),
            "credit": _side_json(transfer.credit, county_id, owners),
        },
        "leaf_index": index,
        "path": [step.hex() for step in merkle.path(leaves, index)],
        "seal": {
            "statement": said.text(),
            "signature": base64.b64encode(seal.signature).decode(),
        },
    }


def check_receipt(
    document: Mapping[str, Any], known: PublicKeys
) -> tuple[TransferFacts, SealStatement]:
    """What a receipt proves: the transfer, and the seal over it. Needs the public key alone.

    Raises:
        BadReceipt: it is malformed, altered, or signed by nobody known.
    """
    try:
        facts, debit, credit = _read_transfer(document)
        index = int(document["leaf_index"])
        path = [bytes.fromhex(step) for step in document["path"]]
        statement = read_statement(document["seal"]["statement"])
        signature = base64.b64decode(document["seal"]["signature"], validate=True)
    except (KeyError, TypeError, ValueError, OverflowError, binascii.Error) as error:
        raise BadReceipt(f"it is not in the format {TITLE} ({error!r})") from None
    if document.get("format") != TITLE or statement is None or statement.of is not _SEALED:
        raise BadReceipt(f"it is not in the format {TITLE}")
    if statement.key_id not in known:
        raise BadReceipt(f"its seal names the key {statement.key_id}, which is not known")
    if not statement.is_signed_by(known, signature):
        raise BadReceipt("its seal does not bear the signature of that key")
    if statement.county_id != facts.county_id:
        raise BadReceipt("its seal is of another county")
    leaf = facts.leaf(debit, credit)
    if merkle.root_of_path(leaf, index, statement.count, path) != statement.root:
        raise BadReceipt("the transfer is not the one that was sealed")
    return facts, statement


def _facts_json(facts: TransferFacts) -> dict[str, Any]:
    return {
        "county_id": facts.county_id,
        "id": str(facts.id),
        "kind": facts.kind,
        "reference": facts.reference,
        "amount": facts.amount,
        "posted_at": instant_text(facts.posted_at),
        "hold_id": str(facts.hold_id) if facts.hold_id else None,
    }


def _side_json(side: Side, county_id: int, owners: Mapping[UUID, AccountKind]) -> dict[str, Any]:
    digest = {"digest": side.digest(county_id).hex()}
    if side.owner is None or owners.get(side.owner) != side.kind:
        return digest
    return {
        "account": side.account,
        "kind": side.kind,
        "owner": str(side.owner),
        "expires_on": side.expires_on,
        "entry": side.entry,
        "balance_after": side.balance_after,
        "head": side.head.hex(),
    }


def _read_transfer(document: Mapping[str, Any]) -> tuple[TransferFacts, bytes, bytes]:
    said = document["transfer"]
    facts = TransferFacts(
        county_id=int(said["county_id"]),
        id=UUID(said["id"]),
        kind=str(said["kind"]),
        reference=str(said["reference"]),
        amount=int(said["amount"]),
        posted_at=datetime.fromisoformat(said["posted_at"]),
        hold_id=UUID(said["hold_id"]) if said["hold_id"] else None,
    )
    debit, credit = (_read_side(said[side], facts.county_id) for side in ("debit", "credit"))
    return facts, debit, credit


def _read_side(side: Mapping[str, Any], county_id: int) -> bytes:
    """The digest of a side, which is shown or can be computed from what is shown."""
    if "digest" in side:
        return bytes.fromhex(side["digest"])
    return Side(
        account=int(side["account"]),
        kind=str(side["kind"]),
        owner=UUID(side["owner"]) if side["owner"] else None,
        expires_on=side["expires_on"],
        entry=int(side["entry"]),
        balance_after=int(side["balance_after"]),
        head=bytes.fromhex(side["head"]),
    ).digest(county_id)
