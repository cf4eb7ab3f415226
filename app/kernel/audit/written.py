"""An event of the trace as one text, its code under a key, and its leaf under a seal.

    text = JSON object of every column that the application wrote and that is not null: names
           sorted, no spaces, letters as they are, instants in UTC with microseconds
    mac  = HMAC-SHA256(FEN_INDEX_KEY, "audit_events" ‖ 0x00 ‖ text)
    leaf = sha256(0x00 ‖ text ‖ 0x00 ‖ mac ‖ xact ‖ written at)

``xact`` and ``written at``, in microseconds since 1970, have 8 bytes each, big-endian; without a
code the leaf has none either. A column that is added
later changes no older text, for it is null there.
"""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from struct import Struct
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Connection, text

from app.kernel.seals import merkle
from app.kernel.seals.statement import instant_text
from app.kernel.secrets import vault

PURPOSE = "audit_events"
COLUMNS = (
    *("county_id", "id", "at", "actor_id", "acted_as", "action", "subject_kind", "subject_id"),
    *("household_id", "reason", "channel", "request_id", "details"),
)
_AT_ONCE = 2_000
_BY_THE_DATABASE = Struct(">qq")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class Written(NamedTuple):
    """An event as it lies in the database."""

    id: UUID
    xact: int
    written_at: datetime
    mac: bytes | None
    text: str

    def leaf(self) -> bytes:
        by_the_database = _BY_THE_DATABASE.pack(
            self.xact, (self.written_at - _EPOCH) // _MICROSECOND
        )
        contents = self.text.encode() + b"\0" + (self.mac or b"") + by_the_database
        return merkle.leaf_hash(contents)

    def is_as_it_was_written(self) -> bool:
        """Whether its code belongs to it. One without a code says nothing about that."""
        return self.mac is None or self.mac == code(self.text)


def text_of(columns: Mapping[str, Any]) -> str:
    """The text of an event, by the names of its columns."""
    said = {name: columns[name] for name in COLUMNS if columns.get(name) is not None}
    said["at"] = instant_text(columns["at"])
    return json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)


def code(written: str) -> bytes:
    """Its code, which nobody can make without the key."""
    return vault().index(written, PURPOSE)


def between(
    connection: Connection, county_id: int, commits_from: int, commits_before: int
) -> Iterator[Written]:
    """The events of a range of commits, in the order of their leaves, read a few at a time."""
    place = (commits_from, UUID(int=0))
    values = {"county_id": county_id, "before": commits_before, "most": _AT_ONCE}
    while rows := connection.execute(_BETWEEN, {**values, "xact": place[0], "id": place[1]}).all():
        for row in rows:
            mac = None if row.mac is None else bytes(row.mac)
            yield Written(row.id, row.xact, row.written_at, mac, text_of(dict(row._mapping)))
        place = (rows[-1].xact, rows[-1].id)


def leaves(
    connection: Connection, county_id: int, commits_from: int, commits_before: int
) -> Iterator[bytes]:
    for event in between(connection, county_id, commits_from, commits_before):
        yield event.leaf()


_BETWEEN = text(f"""
    SELECT {", ".join(COLUMNS)}, xact, written_at, mac
      FROM audit_events
     WHERE county_id = :county_id AND (xact, id) > (:xact, :id) AND xact < :before
     ORDER BY xact, id
     LIMIT :most
""")  # noqa: S608 - names of columns
