"""What a seal says, as the text that is signed.

The text is the format: everybody can read it, and whoever has the public key can check it without
this program. docs/ledger.md describes it line by line.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256

from app.kernel.signing import PublicKeys, is_signed

TITLE = "fen-seal-1"
NOTHING_BEFORE = bytes(32)
_TEXT = re.compile(
    rf"{TITLE}\n"
    r"county (?P<county_id>\d{6})\n"
    r"number (?P<number>[1-9]\d*)\n"
    r"previous (?P<previous>[0-9a-f]{64})\n"
    r"commits (?P<commits_from>\d+)-(?P<commits_before>\d+)\n"
    r"transfers (?P<transfers>[1-9]\d*)\n"
    r"root (?P<root>[0-9a-f]{64})\n"
    r"sealed (?P<sealed_at>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z)\n"
    r"key (?P<key_id>[0-9a-f]{16})\n",
    re.ASCII,
)


@dataclass(frozen=True)
class SealStatement:
    """The facts of one seal."""

    county_id: int
    number: int
    previous: bytes
    commits_from: int
    commits_before: int
    transfers: int
    root: bytes
    sealed_at: datetime
    key_id: str

    def text(self) -> str:
        """The text that is signed, the same wherever it is made."""
        return (
            f"{TITLE}\n"
            f"county {self.county_id:06d}\n"
            f"number {self.number}\n"
            f"previous {self.previous.hex()}\n"
            f"commits {self.commits_from}-{self.commits_before}\n"
            f"transfers {self.transfers}\n"
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


def read_statement(text: str) -> SealStatement | None:
    """The facts of a text, or None when it is not exactly in the format."""
    found = _TEXT.fullmatch(text)
    if found is None:
        return None
    try:
        sealed_at = datetime.fromisoformat(found["sealed_at"])
    except ValueError:
        return None
    return SealStatement(
        county_id=int(found["county_id"]),
        number=int(found["number"]),
        previous=bytes.fromhex(found["previous"]),
        commits_from=int(found["commits_from"]),
        commits_before=int(found["commits_before"]),
        transfers=int(found["transfers"]),
        root=bytes.fromhex(found["root"]),
        sealed_at=sealed_at,
        key_id=found["key_id"],
    )


def instant_text(at: datetime) -> str:
    """``2026-06-01T04:00:00.000000Z``: always UTC, always with microseconds."""
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"
