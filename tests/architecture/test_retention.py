"""What is kept of people: every table says so, and what ends it may be ended."""

import re

import sqlalchemy as sa

from app.config import ROOT
from app.kernel.db import Model
from operations import domains
from operations.proving import inventory
from operations.retaining import sweeping, telling

RIGHTS = "rights of fen_keeper on public."


def says_something(column: sa.Column) -> bool:
    """Whether words or bytes stand in it: all but numbers, times, ids and states."""
    kind = column.type
    return isinstance(kind, sa.Text | sa.LargeBinary | sa.JSON) and not isinstance(kind, sa.Enum)


def test_every_table_and_every_column_of_words_is_classed():
    domains.load()
    kept = domains.kept()

    assert set(kept) == set(Model.metadata.tables)
    for name, table in Model.metadata.tables.items():
        one = kept[name]
        ended = {column for end in one.ends for column in end.emptied}
        if any(end.is_deletion for end in one.ends):
            ended |= set(table.c.keys())
        classed = ended | one.plain | set(one.otherwise)
        words = {column.name for column in table.columns if says_something(column)}
        assert words - classed == set(), f"{name}: say in its retention.py what becomes of these"
        assert (one.plain | set(one.otherwise)) <= words, f"{name} has no such column"
        assert not one.plain & set(one.otherwise), name


def test_the_keeper_may_do_just_what_the_ends_need():
    shipped = {
        part.removeprefix(RIGHTS): sorted(re.split(r", (?=[A-Z])", rights))
        for part, rights in inventory.read().items()
        if part.startswith(RIGHTS)
    }

    needed = {
        kept.table: sorted(
            right.removeprefix("GRANT ").partition(" ON ")[0].replace(" (", "(")
            for right in sweeping.rights_for(kept)
        )
        for kept in domains.kept().values()
        if kept.ends
    }
    assert shipped == needed, "`flask retention rights` prints what a migration must grant"


def test_operations_md_has_the_table():
    told = (ROOT / "docs/operations.md").read_text(encoding="utf-8")

    assert telling.table() in told, "`flask --app wsgi retention table` prints it"
