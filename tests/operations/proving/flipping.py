"""One flipped bit of one event of the trace."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text

from app.kernel.findings import Finding

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
# The database says these; the code does not cover them, only the seal does.
BY_THE_DATABASE = {"xact", "written_at"}


@dataclass(frozen=True)
class Flipped:
    """Which column of which event, before and after."""

    county_id: int
    id: UUID
    column: str
    before: Any
    after: Any

    def is_named(self, finding: Finding) -> bool:
        """Whether the finding names the event as it is now, or the seal that it lies under."""
        counties = {self.county_id, self.after if self.column == "county_id" else self.county_id}
        event = self.after if self.column == "id" else self.id
        is_event = finding.subject == f"event {event}"
        if self.column in BY_THE_DATABASE:
            is_event = is_event or finding.subject.startswith("trace seal ")
        return finding.county_id in counties and is_event


def flip_a_bit_of_the_trace(chance: Random, connection: Connection) -> Flipped:
    """Flip one; the caller undoes it."""
    sealed = connection.scalar(text("SELECT max(commits_before) FROM audit_seals"))
    rows = connection.execute(text("SELECT * FROM audit_events ORDER BY county_id, id")).mappings()
    row = dict(chance.choice(rows.all()))
    column = chance.choice(
        [
            name
            for name, value in row.items()
            if value not in (None, {}) and (name not in BY_THE_DATABASE or row["xact"] < sealed)
        ]
    )
    after = _other(chance, row[column])
    value = json.dumps(after) if isinstance(after, dict) else after
    to = "CAST(:value AS jsonb)" if isinstance(after, dict) else ":value"
    statement = f"UPDATE audit_events SET {column} = {to} WHERE county_id = :county AND id = :id"
    done = connection.execute(
        text(statement), {"value": value, "county": row["county_id"], "id": row["id"]}
    )
    assert done.rowcount == 1
    return Flipped(row["county_id"], row["id"], column, row[column], after)


def _other(chance: Random, value: Any) -> Any:
    """The value with one bit flipped, as far as PostgreSQL can keep it."""
    match value:
        case int():
            return value ^ 1 << chance.randrange(30)
        case UUID():
            return UUID(int=value.int ^ 1 << chance.randrange(128))
        case datetime():
            microseconds = (value - EPOCH) // MICROSECOND
            return EPOCH + (microseconds ^ 1 << chance.randrange(50)) * MICROSECOND
        case bytes():
            return _flip(chance, value)
        case str():
            return _text(chance, value)
        case list():
            place = chance.randrange(len(value))
            return [_text(chance, one) if at == place else one for at, one in enumerate(value)]
        case dict():
            return _json(chance, value)
    raise AssertionError(f"no bit of {value!r} was flipped")


def _flip(chance: Random, value: bytes) -> bytes:
    place = chance.randrange(len(value))
    flipped = bytearray(value)
    flipped[place] ^= 1 << chance.randrange(8)
    return bytes(flipped)


def _text(chance: Random, value: str) -> str:
    while True:
        try:
            flipped = _flip(chance, value.encode()).decode()
        except UnicodeDecodeError:
            continue
        if "\0" not in flipped:
            return flipped


def _json(chance: Random, value: dict[str, Any]) -> dict[str, Any]:
    written = json.dumps(value, ensure_ascii=False)
    while True:
        try:
            flipped = json.loads(_text(chance, written))
        except ValueError:
            continue
        if isinstance(flipped, dict) and flipped != value and "\\u0000" not in json.dumps(flipped):
            return flipped
