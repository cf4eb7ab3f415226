"""What a seal says, as the text that is signed.

The text is the format: everybody can read it, and whoever has the public key can check it without
this program. docs/ledger.md describes it line by line.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from hashlib import sha256

from app.kernel.signing import PublicKeys, is_signed

NOTHING_BEFORE = bytes(32)


class Sealed(Enum):
    """What a chain of seals covers: the first line of its texts, and its word for the count."""

    TRANSFERS = ("fen-seal-1", "transfers")
    TRACE = ("fen-trace-seal-1", "events")

    @property
    def title(self) -> str:
        return self.value[0]

    @property
    def counted(self) -> str:
        return self.value[1]


def _format(of: Sealed) -> re.Pattern[str]:
    return re.compile(
        rf"{of.title}\n"
        r"county (?P<county_id>\d{6})\n"
        r"number (?P<number>[1-9]\d*)\n"
        r"previous (?P<previous>[0-9a-f]{64})\n"
        r"commits (?P<commits_from>\d+)-(?P<commits_before>\d+)\n"
        rf"{of.counted} (?P<count>[1-9]\d*)\n"
        r"root (?P<root>[0-9a-f]{64})\n"
        r"sealed (?P<sealed_at>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z)\n"
        r"key (?P<key_id>[0-9a-f]{16})\n",
        re.ASCII,
    )


_FORMATS = {of: _format(of) for of in Sealed}


@dataclass(frozen=True)
class SealStatement:
    """The facts of one seal."""

    of: Sealed
    county_id: int
    number: int
    previous: bytes
    commits_from: int
    commits_before: int
    count: int
    root: bytes
    sealed_at: datetime
    key_id: str

    def text(self) -> str:
        """The text that is signed, the same wherever it is made."""
        return (
            f"{self.of.title}\n"
            f"county {self.county_id:06d}\n"
            f"number {self.number}\n"
            f"previous {self.previous.hex()}\n"
            f"commits {self.commits_from}-{self.commits_before}\n"
            f"{self.of.counted} {self.count}\n"
            f"root {self.root.hex()}\n"
            f"sealed {instant_text(self.sealed_at)}\n"
            f"key {self.key_id}\n"
        )

    def digest(self) -> bytes:
        """By which the next seal names this one."""
        return sha256(self.text().encode()).digest()

    def is_signed_by(self, known: PublicKeys, signature: bytes) -> bool:
        """Whether the signature is of one of the known keys, and of this text."""
        public = known.get(self.key_id)
        return public is not None and is_signed(self.text().encode(), signature, public)


@dataclass(frozen=True)
class Seal:
    """A seal as it is kept: what it says, and the signature."""

    statement: SealStatement
    signature: bytes


def read_statement(text: str) -> SealStatement | None:
    """The facts of a text, or None when it is not exactly in one of the formats."""
    for of, wanted in _FORMATS.items():
        if found := wanted.fullmatch(text):
            return _statement(of, found)
    return None


def _statement(of: Sealed, found: re.Match[str]) -> SealStatement | None:
    try:
        sealed_at = datetime.fromisoformat(found["sealed_at"])
    except ValueError:
        return None
    return SealStatement(
        of=of,
        county_id=int(found["county_id"]),
        number=int(found["number"]),
        previous=bytes.fromhex(found["previous"]),
        commits_from=int(found["commits_from"]),
        commits_before=int(found["commits_before"]),
        count=int(found["count"]),
        root=bytes.fromhex(found["root"]),
        sealed_at=sealed_at,
        key_id=found["key_id"],
    )


def instant_text(at: datetime) -> str:
    """``2026-06-01T04:00:00.000000Z``: always UTC, always with microseconds."""
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"
