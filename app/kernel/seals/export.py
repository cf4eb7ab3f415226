"""The daily file of seals that a bank or a regulator keeps: one JSON object a line.

The first line names the format, the day and the public key; each other line is one seal. Who keeps
these files can prove later that a seal was replaced or removed.
"""

import base64
import binascii
import json
from collections.abc import Iterable, Iterator
from datetime import date

from app.kernel.seals.statement import Seal, read_statement

TITLE = "fen-seals-1"


class BadExport(Exception):
    """The file is not one of ours; the message says where."""


def export_lines(day: date, seals: Iterable[Seal], *, public_key: str) -> Iterator[str]:
    """The lines of the file of one day, without their ends."""
    yield json.dumps({"format": TITLE, "date": day.isoformat(), "public_key": public_key})
    for seal in seals:
        yield json.dumps(
            {
                "statement": seal.statement.text(),
                "digest": seal.statement.digest().hex(),
                "signature": base64.b64encode(seal.signature).decode(),
            }
        )


def read_export(lines: Iterable[str]) -> list[Seal]:
    """The seals of such a file.

    Raises:
        BadExport: the file is not in the format.
    """
    seals = []
    for number, line in enumerate(lines, 1):
        try:
            said = json.loads(line)
            if number == 1:
                if said["format"] != TITLE:
                    raise BadExport(f"line 1 does not say {TITLE}")
                continue
            statement = read_statement(said["statement"])
            signature = base64.b64decode(said["signature"], validate=True)
        except (KeyError, TypeError, ValueError, binascii.Error) as error:
            raise BadExport(f"line {number} is not in the format ({error!r})") from None
        if statement is None or said["digest"] != statement.digest().hex():
            raise BadExport(f"line {number} is not in the format")
        seals.append(Seal(statement, signature))
    return seals
