"""What the database is made of, compared with how it was shipped.

Whoever may write into the database past the application could also take away what refuses them: a
CHECK, a trigger, a right, a way that an amount may move. ``migrations/inventory.txt`` names each
part of a migrated database; rights stand there in words, of all else the digest of its definition.
"""

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

from sqlalchemy import Connection

from app.config import ROOT
from app.kernel.findings import Findings
from operations.proving.definitions import as_first_made

FILE = ROOT / "migrations" / "inventory.txt"
PARTS = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")
CHECK = "the_database_is_made_as_it_was_shipped"
IN_WORDS = ("rights of ", "role ")


def compare(connection: Connection, proof: Findings) -> None:
    """Report each part of the database that is missing, not ours, or not as it was shipped."""
    proof.begin(CHECK)
    shipped, found = read(), parts(connection)
    for name in sorted(shipped.keys() | found.keys()):
        if shipped.get(name) != found.get(name):
            proof.report(CHECK, 0, name, _problem(shipped.get(name), found.get(name)))


def parts(connection: Connection) -> dict[str, str]:
    """Every part of the database by name: rights in words, of all else a digest."""
    rows = connection.exec_driver_sql(PARTS)
    return {name: said if name.startswith(IN_WORDS) else _digest(said) for name, said in rows}


def read() -> dict[str, str]:
    """The parts of a database as it was shipped."""
    lines = FILE.read_text(encoding="utf-8").splitlines()
    return dict(line.split(": ", 1) for line in lines)


def lines(found: dict[str, str]) -> Iterator[str]:
    """The parts as the file has them."""
    for name in sorted(found):
        yield f"{name}: {found[name]}\n"


def _problem(shipped: str | None, found: str | None) -> str:
    if found is None:
        return "it is missing"
    return "it was not shipped" if shipped is None else f"it is {found}, and was shipped {shipped}"


def _digest(said: str | None) -> str:
    return sha256(as_first_made(said or "").encode()).hexdigest()[:16]
