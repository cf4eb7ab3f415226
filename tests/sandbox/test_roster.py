"""The demo county's roster is always the same, and of nobody who lives."""

from datetime import date

from openpyxl import load_workbook

from app.register.households.roster.checks import id_number_fault
from app.register.households.roster.columns import Column
from sandbox import roster


def test_the_committed_workbook_is_what_the_script_makes():
    sheet = load_workbook("sandbox/data/roster.xlsx", read_only=True)["名册"]

    kept = [[value or "" for value in row] for row in sheet.iter_rows(values_only=True)]

    assert kept == [
        [column for column in Column if not column.cells.may_be_missing],
        *roster.rows(),
    ]
    sheet.parent.close()


def test_nobody_in_it_exists():
    rows = list(roster.rows())

    assert len(rows) == 120
    assert {row[4][:6] for row in rows} == {"990101"}
    assert {id_number_fault(row[4], date(2026, 6, 1)) for row in rows} == {None}
    assert all(row[5] == "" or row[5].startswith("1990000") for row in rows)


def test_it_has_two_towns_three_villages_and_eight_groups():
    rows = list(roster.rows())

    assert len({row[0] for row in rows}) == 2
    assert len({tuple(row[:2]) for row in rows}) == 3
    assert len({tuple(row[:3]) for row in rows}) == 8


def test_a_countys_worth_names_nobody_twice():
    rows = list(roster.rows(28_000))

    assert len({row[4] for row in rows}) == 28_000
    assert len({tuple(row[:2]) for row in rows}) == 32
