"""Sealing every value anew under the newest key, so that an old one can be dropped.

Done as the owner of the tables: most of these columns nobody else may write again. Some rows are
one transaction; what a killed run has done stays done, and the next goes on with what still bears
an older key. A value is written only when it opens again and says the same, under the purpose that
it had: what is bound to its row stays bound to it, and what was moved does not open here either.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, create_engine, text

from app.config import Settings
from app.kernel import clock
from app.kernel.db import db, transaction
from app.kernel.secrets import Sealed, SealedColumn, Vault
from operations import domains

AT_ONCE = 500


@dataclass
class Told:
    """How it stands with a column."""

    column: SealedColumn
    sealed_anew: int = 0
    opened: int = 0  # by the newest key alone
    shut: list[str] = field(default_factory=list)  # the rows whose value does not open


@contextmanager
def as_owner(settings: Settings) -> Iterator[None]:
    """Have the block's transactions be the owner's."""
    engine = create_engine(settings.database_owner_url, hide_parameters=True)
    db.session.remove()
    db.session.session_factory.configure(bind=engine)
    try:
        yield
    finally:
        db.session.remove()
        db.session.session_factory.configure(bind=None)
        engine.dispose()


def reseal(vault: Vault, *, by: UUID | None, limit: int = AT_ONCE) -> Iterator[Told]:
    """Seal anew what an older key has sealed, column by column; tells of each when it is done."""
    for column in domains.sealed():
        told = Told(column)
        after: Sequence[Any] | None = None
        while True:
            with transaction():
                rows = _rows(column, after, limit, not_under=vault.mark)
                _write(vault, told, rows, by, clock.now())
            if len(rows) < limit:
                break
            after = tuple(rows[-1][key] for key in _keys(column))
        yield told


def check(vault: Vault, *, limit: int = AT_ONCE) -> Iterator[Told]:
    """Open every value with the newest key alone: whether the others can be dropped."""
    alone = vault.newest_alone()
    for column in domains.sealed():
        told = Told(column)
        after: Sequence[Any] | None = None
        while True:
            with transaction():
                rows = _rows(column, after, limit)
            for row in rows:
                if _opened(alone, column, row) is None:
                    _shut(told, row)
                else:
                    told.opened += 1
            if len(rows) < limit:
                break
            after = tuple(rows[-1][key] for key in _keys(column))
        yield told


def _write(
    vault: Vault, told: Told, rows: Sequence[RowMapping], by: UUID | None, at: datetime
) -> None:
    column, written = told.column, []
    for row in rows:
        found = _opened(vault, column, row)
        if found is None:
            _shut(told, row)
            continue
        plain, purpose = found
        anew = vault.seal(plain, purpose)
        assert vault.unseal(anew, purpose) == plain, "it must open again"
        written.append({**{key: row[key] for key in _keys(column)}, "anew": anew})
    if not written:
        return
    where = " AND ".join(f"{key} = :{key}" for key in _keys(column))
    done = db.session.connection().execute(
        text(f"UPDATE {column.table} SET {column.column} = :anew WHERE {where}"),  # noqa: S608
        written,
    )
    assert done.rowcount == len(written), "they are locked"
    told.sealed_anew += len(written)
    if column.told is not None:
        column.told(written, by, at)


def _rows(
    column: SealedColumn,
    after: Sequence[Any] | None,
    limit: int,
    *,
    not_under: bytes | None = None,
) -> Sequence[RowMapping]:
    """The next rows with a value, in the order of their keys; with ``not_under``, locked."""
    keys = _keys(column)
    asked = [f"{column.column} IS NOT NULL"]
    values: dict[str, Any] = {"limit": limit}
    if after is not None:
        values |= {f"after_{key}": value for key, value in zip(keys, after, strict=True)}
        asked.append(f"({', '.join(keys)}) > ({', '.join(f':after_{key}' for key in keys)})")
    if not_under is not None:
        values |= {"mark": not_under, "mark_bytes": len(not_under)}
        asked.append(f"substring({column.column} FROM 1 FOR :mark_bytes) <> :mark")
    bound = [column.bound_to] if column.bound_to else []
    names = ", ".join(dict.fromkeys([*keys, *bound, column.column]))
    lock = "FOR NO KEY UPDATE" if not_under is not None else ""
    query = (
        f"SELECT {names} FROM {column.table} WHERE {' AND '.join(asked)}"  # noqa: S608
        f" ORDER BY {', '.join(keys)} LIMIT :limit {lock}"
    )
    return db.session.execute(text(query), values).mappings().all()


def _keys(column: SealedColumn) -> list[str]:
    return [key.name for key in db.metadata.tables[column.table].primary_key.columns]


def _opened(vault: Vault, column: SealedColumn, row: Mapping[str, Any]) -> tuple[str, str] | None:
    """What it says, and for what it was sealed."""
    for purpose in column.purposes(row):
        try:
            return vault.unseal(bytes(row[column.column]), purpose), purpose
        except Sealed:
            continue
    return None


def _shut(told: Told, row: Mapping[str, Any]) -> None:
    told.shut.append(" ".join(str(row[key]) for key in _keys(told.column)))
