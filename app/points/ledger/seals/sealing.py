"""Sealing what was committed, county by county."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, text

from app.kernel.db import db
from app.kernel.signing import Signer
from app.points.ledger.seals import merkle
from app.points.ledger.seals.leaves import sealed_transfers
from app.points.ledger.seals.statement import NOTHING_BEFORE, SealStatement

TRANSFERS_MAX = 50_000  # in one seal, so that a receipt is made in a moment


@dataclass(frozen=True)
class Seal:
    """A seal as it is kept: what it says, and the signature."""

    statement: SealStatement
    signature: bytes


_COLUMNS = """county_id, number, previous, commits_from, commits_before, transfers, root,
              sealed_at, key_id, signature"""
_ALL = text(f"SELECT {_COLUMNS} FROM ledger.seals ORDER BY county_id, number")  # noqa: S608
_LAST = text(
    f"SELECT {_COLUMNS} FROM ledger.seals WHERE county_id = :county_id "  # noqa: S608
    "ORDER BY number DESC LIMIT 1"
)
_COVERING = text(
    f"SELECT {_COLUMNS} FROM ledger.seals WHERE county_id = :county_id "  # noqa: S608
    "AND commits_from <= :xact AND commits_before > :xact"
)
_LAST_BEFORE = text(
    f"SELECT {_COLUMNS} FROM ledger.seals WHERE county_id = :county_id "  # noqa: S608
    "AND sealed_at < :instant ORDER BY number DESC LIMIT 1"
)
_OF_SPAN = text(
    f"SELECT {_COLUMNS} FROM ledger.seals "  # noqa: S608
    "WHERE sealed_at >= :since AND sealed_at < :until ORDER BY county_id, number"
)
# The transaction just beyond the most that one seal covers.
_BEYOND = text("""
    SELECT CAST(CAST(xact AS text) AS bigint) FROM ledger.transfers
     WHERE county_id = :county_id AND xact >= CAST(CAST(:commits_from AS text) AS xid8)
     ORDER BY xact OFFSET :most LIMIT 1
""")
_APPEND = text("""
    SELECT ledger.seal(:county_id, :number, :commits_from, :commits_before, :transfers, :root,
                       :previous, :sealed_at, :key_id, :signature)
""")


def counties() -> list[int]:
    """The counties that have a ledger."""
    rows = db.session.scalars(text("SELECT DISTINCT county_id FROM ledger.accounts ORDER BY 1"))
    return list(rows)


def seal_next(*, county_id: int, signer: Signer, at: datetime) -> Seal | None:
    """Seal the oldest transfers of the county that no seal covers, up to ``TRANSFERS_MAX``.

    Returns None when there is nothing to seal, also because somebody else has just sealed it.
    A transaction that is still open holds back all that began after it.
    """
    connection = db.session.connection()
    last = _one(connection, _LAST, county_id=county_id)
    commits_from = last.statement.commits_before if last else 0
    # The fence is read before the transfers: what is below it can only be seen whole.
    fence: int = connection.execute(text("SELECT ledger.fence()")).scalar_one()
    commits_before = _end_of_seal(connection, county_id, commits_from, fence)
    if commits_before <= commits_from:
        return None
    covered = sealed_transfers(connection, county_id, commits_from, commits_before)
    if not covered:
        return None
    statement = SealStatement(
        county_id=county_id,
        number=last.statement.number + 1 if last else 1,
        previous=last.statement.digest() if last else NOTHING_BEFORE,
        commits_from=commits_from,
        commits_before=commits_before,
        transfers=len(covered),
        root=merkle.root([transfer.leaf() for transfer in covered]),
        sealed_at=at,
        key_id=signer.key_id,
    )
    signature = signer.sign(statement.text().encode())
    values = {**vars(statement), "signature": signature}
    is_ours: bool = connection.execute(_APPEND, values).scalar_one()
    return Seal(statement, signature) if is_ours else None


def every_seal(connection: Connection) -> list[Seal]:
    """All seals, each county's in their order."""
    return [_seal(row) for row in connection.execute(_ALL)]


def seals_of(connection: Connection, since: datetime, until: datetime) -> list[Seal]:
    """The seals made in a span of time, each county's in their order."""
    rows = connection.execute(_OF_SPAN, {"since": since, "until": until})
    return [_seal(row) for row in rows]


def sealed_before(county_id: int, instant: datetime) -> Seal | None:
    """The county's last seal made before the instant; those made later do not change it."""
    values = {"county_id": county_id, "instant": instant}
    row = db.session.execute(_LAST_BEFORE, values).first()
    return _seal(row) if row else None


def seal_covering(connection: Connection, county_id: int, xact: int) -> Seal | None:
    """The seal over a commit, if there is one yet."""
    return _one(connection, _COVERING, county_id=county_id, xact=xact)


def _end_of_seal(connection: Connection, county_id: int, commits_from: int, fence: int) -> int:
    beyond = connection.execute(
        _BEYOND, {"county_id": county_id, "commits_from": commits_from, "most": TRANSFERS_MAX}
    ).scalar()
    if beyond is None or beyond >= fence:
        return fence
    # One transaction that is larger than a seal is sealed whole.
    return max(int(beyond), _first_commit(connection, county_id, commits_from) + 1)


def _first_commit(connection: Connection, county_id: int, commits_from: int) -> int:
    found = connection.execute(
        _BEYOND, {"county_id": county_id, "commits_from": commits_from, "most": 0}
    ).scalar_one()
    return int(found)


def _one(connection: Connection, query: Any, **values: int) -> Seal | None:
    row = connection.execute(query, values).first()
    return _seal(row) if row else None


def _seal(row: Any) -> Seal:
    *facts, signature = row
    county_id, number, previous, commits_from, commits_before, transfers, root, at, key_id = facts
    return Seal(
        SealStatement(
            county_id=county_id,
            number=number,
            previous=bytes(previous),
            commits_from=commits_from,
            commits_before=commits_before,
            transfers=transfers,
            root=bytes(root),
            sealed_at=at,
            key_id=key_id,
        ),
        bytes(signature),
    )
