"""Importing a roster: examine the whole file, then write all of it or nothing.

The file is read twice, row by row. The first reading checks everything and keeps, for each row,
the blind index of the head's ID number with its row number and the liaison it names: about half
a kilobyte a row, 15 MB for 28,000 households. The second reading writes, a thousand rows at a
time. Towns and villages must exist; groups are made as the file names them.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import IO
from uuid import UUID

from sqlalchemy import func, select

from app.kernel import audit, clock
from app.kernel.db import db
from app.kernel.workbooks import Cell, Problem, Problems, Sheet, opened
from app.register.households.roster.checks import checked_row
from app.register.households.roster.columns import SHEET, BrokenRow, Column, RosterRow
from app.register.households.roster.errors import ImportRunning, NothingToImport, RosterHasProblems
from app.register.households.roster.examination import Examination, Places
from app.register.households.roster.problems import SENTENCES, Kind
from app.register.households.roster.writing import Counts, Writing
from app.register.households.service import WORKERS
from app.register.identity.caller import Caller
from app.register.regions import queries as regions

BATCH_ROWS = 1000
PROBLEMS_LISTED = 500
_IMPORT_LOCK = 4_152_027  # with the county, the advisory lock of one import at a time

# Told after every batch: rows done of about how many, both readings counted.
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Outcome:
    """What an import did, or would do if it was a dry run."""

    is_dry_run: bool
    rows: int
    added: int
    updated: int
    unchanged: int
    new_groups: tuple[str, ...]  # 镇/村/组
    problem_count: int
    problems: tuple[Problem, ...]  # the first of them, by row


def import_roster(
    file: IO[bytes],
    *,
    county_id: int,
    by: Caller | None,
    is_dry_run: bool,
    at: datetime,
    listed_max: int = PROBLEMS_LISTED,
    progress: Progress = lambda done, expected: None,
) -> Outcome:
    """Bring the households of a workbook into the register, all of them or none.

    A household is known by its head's ID number: one that is new is added, one whose facts
    differ is updated, one that is not in the file is left alone. ``by`` may import villages of
    their own areas; None is the command line and may import all. A dry run lists every problem
    and changes nothing; at most ``listed_max`` are listed, all are counted.

    Raises:
        RosterHasProblems: a real run met problems; nothing was changed.
        ImportRunning: another import of this county has not ended.
        NothingToImport: there is no row below the heading.
        WorkbookEmpty, WorkbookTooLarge, WorkbookTooOld, WorkbookEncrypted, NotAWorkbook,
        SheetMissing, TooManyRows: the file is not a roster.
    """
    if not is_dry_run:
        _lock(county_id)
    problems = Problems(listed_max, SENTENCES)
    with opened(file, SHEET) as sheet:
        places = _places(county_id, by)
        examination = Examination(county_id, places, problems)
        reader = _Reader(sheet, clock.day_of(at), problems, progress)
        for batch in reader.batches(on_broken=examination.excuse):
            examination.add(batch)
        examination.finish()
        if problems.total:
            return _with_problems(reader.rows_read, problems, is_dry_run=is_dry_run)
        if not reader.rows_read:
            raise NothingToImport()
        writing = Writing(county_id, examination, by.user_id if by else None, at, is_dry_run)
        for batch in reader.batches():
            writing.add(batch)
        counts = writing.finish()
    if not is_dry_run:
        _audit(counts, county_id=county_id, by=by, at=at)
    return Outcome(
        is_dry_run=is_dry_run,
        rows=counts.added + counts.updated + counts.unchanged,
        added=counts.added,
        updated=counts.updated,
        unchanged=counts.unchanged,
        new_groups=tuple(places.full_name(*group) for group in examination.new_groups),
        problem_count=0,
        problems=(),
    )


class _Reader:
    """Reads the sheet from its heading down, in batches of checked rows."""

    def __init__(self, sheet: Sheet, today: date, problems: Problems, progress: Progress) -> None:
        self._sheet = sheet
        self._today = today
        self._problems = problems
        self._progress = progress
        self._done = 0
        self.rows_read = 0
        self._places: dict[Column, int] | None = None

    def batches(
        self, on_broken: Callable[[BrokenRow], None] | None = None
    ) -> Iterator[list[RosterRow]]:
        """The rows that are right in themselves; the others have become problems.

        The first call checks the heading and merged cells as well; with a wrong heading there
        are no rows, because nothing is known of what their cells mean.
        """
        rows = self._sheet.rows()
        heading = next(rows, (1, ()))[1]
        if self._places is None:
            self._places = self._columns(heading)
            self._tell_merges(heading)
        if len(self._places) < len(Column):
            return
        checked = self._checked(rows, self._places, on_broken)
        while batch := list(islice(checked, BATCH_ROWS)):
            yield batch
            self._progress(self._done, max(2 * self._sheet.rows_expected, self._done))

    def _checked(
        self,
        rows: Iterator[tuple[int, tuple[Cell, ...]]],
        places: dict[Column, int],
        on_broken: Callable[[BrokenRow], None] | None,
    ) -> Iterator[RosterRow]:
        self.rows_read = 0
        for number, cells in rows:
            if all(cell.value is None for cell in cells):
                continue
            self.rows_read += 1
            self._done += 1
            named = {column: cells[place] for column, place in places.items()}
            row = checked_row(number, named, self._today, self._problems)
            if isinstance(row, RosterRow):
                yield row
            elif on_broken is not None:
                on_broken(row)

    def _columns(self, heading: tuple[Cell, ...]) -> dict[Column, int]:
        """Where each column is; incomplete after adding problems if the heading is wrong."""
        found: dict[Column, int] = {}
        before = self._problems.total
        for place, cell in enumerate(heading):
            name = "".join(str(cell.value or "").split())
            if not name:
                continue
            if name not in set(Column):
                self._problems.add(1, name[:30], Kind.COLUMN_UNKNOWN, name=name[:30])
            elif Column(name) in found:
                self._problems.add(1, name, Kind.COLUMN_TWICE)
            else:
                found[Column(name)] = place
        for column in Column:
            if column not in found:
                self._problems.add(1, column, Kind.COLUMN_MISSING)
        return found if self._problems.total == before else {}

    def _tell_merges(self, heading: tuple[Cell, ...]) -> None:
        for merge in self._sheet.merges:
            place = merge.column - 1
            name = str(heading[place].value or "") if place < len(heading) else ""
            self._problems.add(
                merge.row, name or merge.column_letter, Kind.MERGED, cells=merge.cells
            )


def _lock(county_id: int) -> None:
    """Hold the county's imports until commit; another importer is told at once."""
    mine = db.session.scalar(select(func.pg_try_advisory_xact_lock(_IMPORT_LOCK, county_id)))
    if not mine:
        raise ImportRunning()


def _places(county_id: int, by: Caller | None) -> Places:
    areas: tuple[UUID, ...] = by.places(*WORKERS) if by else (regions.root(county_id).id,)
    villages = regions.villages(areas)
    return Places(villages, regions.groups(village.id for village in villages))


def _with_problems(rows: int, problems: Problems, *, is_dry_run: bool) -> Outcome:
    listed = problems.listed()
    if not is_dry_run:
        raise RosterHasProblems(
            total=problems.total, problems=[problem._asdict() for problem in listed]
        )
    return Outcome(
        is_dry_run=True,
        rows=rows,
        added=0,
        updated=0,
        unchanged=0,
        new_groups=(),
        problem_count=problems.total,
        problems=tuple(listed),
    )


def _audit(counts: Counts, *, county_id: int, by: Caller | None, at: datetime) -> None:
    audit.record(
        "households.import_roster",
        county_id=county_id,
        actor_id=by.user_id if by else None,
        subject=("county", county_id),
        at=at,
        added=counts.added,
        updated=counts.updated,
        unchanged=counts.unchanged,
    )
