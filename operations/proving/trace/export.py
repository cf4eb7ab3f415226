"""The trace of a county in a file that proves itself: whole seals, and the events under each.

The first line names the format, the county and the public key. A line with a ``seal`` is followed
by the events that it covers, in the order of their leaves; after ``{"seal": null}`` come those that
no seal covered yet. An event is the text that was hashed (docs/trust.md), not a reading of it.
"""

import base64
import binascii
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from app.kernel import audit
from app.kernel.audit.written import Written, between
from app.kernel.seals import Seal, Sealed, SealStatement
from app.kernel.seals.merkle import Tree
from app.kernel.seals.statement import instant_text, read_statement
from app.kernel.signing import PublicKeys

TITLE = "fen-trace-1"
_FOREVER = 2**62


class BadTrace(Exception):
    """The file proves nothing; the message says why."""


@dataclass
class Checked:
    """What a file proves, and what stands in it unproved."""

    seals: int = 0
    sealed: int = 0
    unsealed: int = 0


def lines(
    connection: Connection, county_id: int, since: datetime, until: datetime, *, public_key: str
) -> Iterator[str]:
    """The lines of the file of a span of time, without their ends.

    They are of the seals that were made in it and of the next one, which covers its last events.
    """
    yield json.dumps({"format": TITLE, "county": county_id, "public_key": public_key})
    made = [
        seal
        for seal in audit.TRACE.made_in(connection, since, until)
        if seal.statement.county_id == county_id
    ]
    last = made[-1] if made else audit.TRACE.last_before(connection, county_id, since)
    number = last.statement.number if last else 0
    if following := audit.TRACE.numbered(connection, county_id, number + 1):
        made.append(following)
    for seal in made:
        said = seal.statement
        signature = base64.b64encode(seal.signature).decode()
        yield json.dumps({"seal": {"statement": said.text(), "signature": signature}})
        yield from _events(connection, county_id, said.commits_from, said.commits_before)
    if following is None:
        yield json.dumps({"seal": None})
        yield from _events(connection, county_id, _end(made, last), _FOREVER)


def check(lines: Iterable[str], known: PublicKeys) -> Checked:
    """Hash the events again, and hold each seal's root, place and signature against them.

    Raises:
        BadTrace: it is malformed, altered, or signed by nobody known.
    """
    checked = Checked()
    seal, tree, before = None, Tree(), None
    for number, line in enumerate(lines, 1):
        try:
            said = json.loads(line)
            if number == 1:
                if said.get("format") != TITLE:
                    raise BadTrace(f"line 1 does not say {TITLE}")
            elif "seal" in said:
                _close(seal, tree)
                before, seal = seal or before, _read_seal(said["seal"])
                tree = Tree()
                if seal is not None:
                    _check_seal(seal, before, known)
                    checked.seals += 1
            else:
                tree.add(_read_event(said).leaf())
                checked.sealed += seal is not None
                checked.unsealed += seal is None
        except (KeyError, TypeError, ValueError, AttributeError, binascii.Error) as error:
            raise BadTrace(f"line {number} is not in the format ({error!r})") from None
    _close(seal, tree)
    return checked


def _events(
    connection: Connection, county_id: int, commits_from: int, commits_before: int
) -> Iterator[str]:
    for event in between(connection, county_id, commits_from, commits_before):
        yield json.dumps(
            {
                "event": event.text,
                "mac": event.mac.hex() if event.mac is not None else None,
                "xact": event.xact,
                "written_at": instant_text(event.written_at),
            },
            ensure_ascii=False,
        )


def _end(made: list[Seal], last: Seal | None) -> int:
    newest = made[-1] if made else last
    return newest.statement.commits_before if newest else 0


def _read_seal(said: dict[str, str] | None) -> Seal | None:
    if said is None:
        return None
    statement = read_statement(said["statement"])
    if statement is None or statement.of is not Sealed.TRACE:
        raise ValueError("no seal of a trace")
    return Seal(statement, base64.b64decode(said["signature"], validate=True))


def _read_event(said: dict[str, Any]) -> Written:
    return Written(
        id=UUID(json.loads(said["event"])["id"]),
        xact=int(said["xact"]),
        written_at=datetime.fromisoformat(said["written_at"]),
        mac=bytes.fromhex(said["mac"]) if said["mac"] is not None else None,
        text=said["event"],
    )


def _check_seal(seal: Seal, before: Seal | None, known: PublicKeys) -> None:
    said = seal.statement
    if not said.is_signed_by(known, seal.signature):
        raise BadTrace(f"{_named(said)} is not signed by a known key (it names {said.key_id})")
    if before is not None and said.previous != before.statement.digest():
        raise BadTrace(f"{_named(said)} does not continue the seal before")


def _close(seal: Seal | None, tree: Tree) -> None:
    """The events of a seal have been read: they must be all of it."""
    if seal is None:
        return
    said = seal.statement
    if tree.size != said.count:
        raise BadTrace(f"{_named(said)} covers {said.count} events and {tree.size} are there")
    if tree.root() != said.root:
        raise BadTrace(f"{_named(said)} has another root than its events: one was altered")


def _named(said: SealStatement) -> str:
    return f"seal {said.number} of county {said.county_id}"
