"""UUIDv7 ids: sortable by time, made at random or derived from the row that decides.

Layout of RFC 9562: 48 bits of milliseconds, the version, 12 bits, the variant, 62 bits.
"""

import hashlib
import os
from datetime import UTC, datetime
from uuid import UUID


def uuid7(at: datetime) -> UUID:
    """A new id whose first 48 bits are the instant in milliseconds."""
    return _compose(at, os.urandom(10))


def first_id(at: datetime) -> UUID:
    """An id before every id of the instant: ids from it on were made at that time or later."""
    return _compose(at, bytes(10))


def instant_of(id_: UUID) -> datetime:
    """The instant that a UUIDv7 begins with, to the millisecond."""
    return datetime.fromtimestamp((id_.int >> 80) / 1000, UTC)


def derived_uuid7(at: datetime, reference: str) -> UUID:
    """The id that belongs to a business reference, the same whenever it is asked for.

    ``at`` is the time of the row that decided, never of a retry; ``reference`` names that
    row, say ``award:<id>``. Both together make a repeated command meet its own first outcome.
    """
    return _compose(at, hashlib.sha256(reference.encode()).digest()[:10])


def _compose(at: datetime, tail: bytes) -> UUID:
    assert at.tzinfo is not None, "an instant carries its zone"
    milliseconds = int(at.timestamp() * 1000)
    raw = bytearray(milliseconds.to_bytes(6, "big") + tail)
    raw[6] = (raw[6] & 0x0F) | 0x70
    raw[8] = (raw[8] & 0x3F) | 0x80
    return UUID(bytes=bytes(raw))
