"""Sealing what was committed, county by county."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import Connection, text

from app.kernel.db import db
from app.kernel.seals import Chain, Seal, Sealed
from app.points.ledger.seals.leaves import sealed_transfers


def _leaves(
    connection: Connection, county_id: int, commits_from: int, commits_before: int
) -> Iterator[bytes]:
    for transfer in sealed_transfers(connection, county_id, commits_from, commits_before):
        yield transfer.leaf()


TRANSFERS = Chain(
    of=Sealed.TRANSFERS,
    rows="ledger.transfers",
    xact="xid8",
    seals="ledger.seals",
    append="ledger.seal",
    leaves=_leaves,
)


def counties() -> list[int]:
    """The counties that have a ledger."""
    rows = db.session.scalars(text("SELECT DISTINCT county_id FROM ledger.accounts ORDER BY 1"))
    return list(rows)


def sealed_before(county_id: int, instant: datetime) -> Seal | None:
    """The county's last seal made before the instant; those made later do not change it."""
    return TRANSFERS.last_before(db.session.connection(), county_id, instant)
