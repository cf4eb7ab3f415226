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

from sqlalchemy import create_engine, text

from app.config import Settings
from app.kernel.db import db
from app.kernel.secrets import Sealed, SealedColumn, Vault

AT_ONCE = 500
After = tuple[Any, ...] | None  # the keys of the last row


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


def reseal(
    vault: Vault, told: Told, after: After, *, by: UUID | None, at: datetime, limit: int = AT_ONCE
) -> After:
    """Seal anew some values of a column behind ``after``; where to go on, none: it is done."""
    rows = _rows(told.column, after, limit, not_under=vault.mark)
    _write(vault, told, rows, by, at)
    return _next(told.column, rows, limit)


def check(vault: Vault, told: Told, after: After, *, limit: int = AT_ONCE) -> After:
    """Open some values with the newest key alone, as ``reseal`` goes through them."""
    alone, rows = vault.newest_alone(), _rows(told.column, after, limit)
    for row in rows:
        if _opened(alone, told.column, row) is None:
            _shut(told, row)
        else:
            told.opened += 1
    return _next(told.column, rows, limit)


def _next(column: SealedColumn, rows: Sequence[Mapping[str, Any]], limit: int) -> After:
    return tuple(rows[-1][key] for key in _keys(column)) if len(rows) == limit else None


def _write(
    vault: Vault, told: Told, rows: Sequence[Mapping[str, Any]], by: UUID | None, at: datetime
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
        keys = {key: row[key] for key in _keys(column)}
        written.append({**keys, "anew": anew, "before": row[column.column]})
    if not written:
        return
    # Who has written it meanwhile has sealed it with the newest key.
    same = [f"{column.column} = :before", *(f"{key} = :{key}" for key in _keys(column))]
    done = db.session.connection().execute(
        text(f"UPDATE {column.table} SET {column.column} = :anew WHERE {' AND '.join(same)}"),  # noqa: S608
        written,
    )
    told.sealed_anew += done.rowcount
    if column.told is not None:
        column.told(written, by, at)


def _rows(
    column: SealedColumn,
    after: After,
    limit: int,
    *,
    not_under: bytes | None = None,
) -> list[dict[str, Any]]:
    """The next rows with a value, in the order of their keys."""
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
    query = (
        f"SELECT {names} FROM {column.table} WHERE {' AND '.join(asked)}"  # noqa: S608
        f" ORDER BY {', '.join(keys)} LIMIT :limit"
    )
    return [dict(row) for row in db.session.execute(text(query), values).mappings()]


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
