"""Ending what is kept no longer: the rows that are due, some at a time.

It runs as ``fen_keeper``, who may do this to these columns and nothing else: the application may
change most of them as little as anybody.
"""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import Connection, Table, TextClause, bindparam, text
from sqlalchemy.types import Date

from app.kernel.db import Model
from app.kernel.retention import End, Kept
from operations import domains

BATCH = 1_000


def sweep(connection: Connection, kept: Kept, end: End, *, at: datetime) -> int:
    """End up to ``BATCH`` rows of the table; how many it were."""
    return connection.execute(statement(kept, end), {"at": at, "batch": BATCH}).rowcount


def every_end() -> Iterator[tuple[Kept, End]]:
    """What ends of which table, in the order of their names."""
    for kept in sorted(domains.kept().values(), key=lambda one: one.table):
        for end in kept.ends:
            yield kept, end


def statement(kept: Kept, end: End) -> TextClause:
    """The statement that ends what is due: it needs no right but those of ``rights_for``."""
    table = Model.metadata.tables[kept.table]
    key = ", ".join(_key(table))
    act = "DELETE FROM" if end.is_deletion else "UPDATE"
    query = text(
        f"{act} {kept.table} {_new(end)} WHERE ({key}) IN ("  # noqa: S608 - names of our own
        f"SELECT {key} FROM {kept.table} WHERE {_due(table, end)} LIMIT :batch)"
    )
    values = (
        bindparam(f"new_{name}", value=value, type_=table.c[name].type)
        for name, value in end.emptied.items()
    )
    return query.bindparams(*values)


def rights_for(kept: Kept) -> tuple[str, ...]:
    """What ``fen_keeper`` is granted on the table, for its migration."""
    if not kept.ends:
        return ()
    table = Model.metadata.tables[kept.table]
    changed = sorted({name for end in kept.ends for name in end.emptied})
    rights = [f"GRANT SELECT ON {table.name} TO fen_keeper"]
    if any(end.is_deletion for end in kept.ends):
        rights.append(f"GRANT DELETE ON {table.name} TO fen_keeper")
    if changed:
        rights.append(f"GRANT UPDATE ({', '.join(changed)}) ON {table.name} TO fen_keeper")
    return tuple(rights)


def _due(table: Table, end: End) -> str:
    clock = ":at"
    if isinstance(table.c[end.after].type, Date):
        clock = "CAST(:at AT TIME ZONE 'Asia/Shanghai' AS date)"
    is_over = f"{end.after} < {clock} - interval '{end.months} months {end.days} days'"
    parts = [is_over, f"({end.only})"]
    if not end.is_deletion:
        changed = (f"{name} IS DISTINCT FROM :new_{name}" for name in end.emptied)
        parts.append(f"({' OR '.join(changed)})")
    return " AND ".join(parts)


def _new(end: End) -> str:
    changes = ", ".join(f"{name} = :new_{name}" for name in end.emptied)
    return f"SET {changes}" if changes else ""


def _key(table: Table) -> list[str]:
    return [column.name for column in table.primary_key]
