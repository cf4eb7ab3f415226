"""Importing a roster: examine the whole file, then write all of it or nothing.

The file is read twice, row by row. The first reading checks everything and keeps, for each row,
the blind index of the head's ID number with its row number and the liaison it names: about half
a kilobyte a row, 15 MB for 28,000 households. The second reading writes, a thousand rows at a
time. Towns and villages must exist; groups are made as the file names them.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, partial
from itertools import islice
from typing import IO
from uuid import UUID

from sqlalchemy import func, select

from app.kernel import audit, clock, tables
from app.kernel.db import db
from app.kernel.tables import Problem, Problems, Reader
from app.register.households.models import Household
from app.register.households.roster.checks import checked_row
from app.register.households.roster.columns import TABLE, BrokenRow, Column, RosterRow
from app.register.households.roster.comparing import Comparison
from app.register.households.roster.errors import ImportRunning, NothingToImport, RosterHasProblems
from app.register.households.roster.examination import Examination
from app.register.households.roster.held import Held
from app.register.households.roster.known import ASKED_AT_ONCE, Places
from app.register.households.roster.problems import Told
from app.register.households.roster.writing import Counts, Worth, Writing
from app.register.households.service import WORKERS
from app.register.identity.caller import Caller
from app.register.regions import queries as regions
from app.register.regions.queries import Village

BATCH_ROWS = 1000
PROBLEMS_LISTED = 500
_IMPORT_LOCK = 4_152_027  # with the county, the advisory lock of one import at a time

# Told after every batch: rows done of about how many, both readings counted.
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Watch:
    """Who looks on: how many problems they can read of a kind, and who hears of each batch."""

    listed_max: int = PROBLEMS_LISTED
    progress: Progress = lambda done, expected: None


UNWATCHED = Watch()


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
    question_count: int = 0  # rows that wait for an answer in the file; the others were imported
    questions: tuple[Problem, ...] = ()  # the first of them, by row
    warning_count: int = 0  # what was imported, and is seldom meant
    warnings: tuple[Problem, ...] = ()  # the first of them, by row
    difference_count: int = 0  # columns of households that were updated
    differences: tuple[Problem, ...] = ()  # the first of them, by row
    confirmation_count: int = 0  # what was not written before another person has agreed
    confirmations: tuple[Problem, ...] = ()  # the first of them, by row


@dataclass(frozen=True)
class Imported:
    """What an import did, and what it has left to be agreed to."""

    outcome: Outcome
    held: Held


def import_roster(
    file: IO[bytes],
    *,
    county_id: int,
    by: Caller | None,
    is_dry_run: bool,
    at: datetime,
    with_something_to_lose: Worth,
    watch: Watch = UNWATCHED,
) -> Imported:
    """Bring the households of a workbook into the register: all of them, or none if one is wrong.

    A household is known by its head's ID number: one that is new is added, one whose facts
    differ is updated, one that is not in the file is left alone. ``by`` may import villages of
    their own areas; None is the command line and may import all. A dry run lists every problem
    and changes nothing; at most ``watch.listed_max`` are listed, all are counted.

    A row that may be a household of the register under a new head is left out as a question, which
    the column 同门牌 answers in the next import; the others are written.

    Name and phone of the head of a household ``with_something_to_lose`` are not written, nor is
    another head, nor a new household in a village where there is such a one: that is ``held``.

    Raises:
        RosterHasProblems: a real run met problems; nothing was changed.
        ImportRunning: another import of this county has not ended.
        NothingToImport: there is no row below the heading.
        WorkbookEmpty, WorkbookTooLarge, WorkbookTooOld, WorkbookEncrypted, NotAWorkbook,
        SheetMissing, TooManyRows: the file is not a roster.
    """
    if not is_dry_run:
        _lock(county_id)
    told = Told(watch.listed_max)
    with tables.reading(file, TABLE, told.problems) as read:
        reader = _Reader(read, clock.day_of(at), watch.progress)
        begun = cache(partial(_has_begun, with_something_to_lose))
        examination = Examination(county_id, _places(county_id, by), has_begun=begun, told=told)
        _examine(examination, reader)
        if told.problems.total:
            refused = _with_problems(reader.rows_read, told.problems, is_dry_run=is_dry_run)
            return Imported(refused, Held())
        if not reader.rows_read:
            raise NothingToImport()
        writing = Writing(
            examination,
            Comparison(county_id, examination.rows, told),
            with_something_to_lose=with_something_to_lose,
            actor_id=by.user_id if by else None,
            at=at,
            is_dry_run=is_dry_run,
        )
        for batch in reader.batches():
            writing.add(batch)
        counts = writing.finish()
    if not is_dry_run:
        _audit(counts, county_id=county_id, by=by, at=at)
    new_groups = examination.names_of_new_groups()
    return Imported(_written(counts, new_groups, told, is_dry_run=is_dry_run), writing.held)


def template(villages: Sequence[Village]) -> bytes:
    """The .xlsx that a village clerk fills in, with these villages to choose from."""
    towns = dict.fromkeys(village.town for village in villages)
    names = dict.fromkeys(village.name for village in villages)
    return tables.template(TABLE, {Column.TOWN: list(towns), Column.VILLAGE: list(names)})


def _examine(examination: Examination, reader: "_Reader") -> None:
    for batch in reader.batches(on_broken=examination.excuse):
        examination.add(batch)
    examination.finish()


class _Reader:
    """Reads the roster in batches of checked rows, and tells how far it has come."""

    def __init__(self, reader: Reader[Column], today: date, progress: Progress) -> None:
        self._reader = reader
        self._today = today
        self._progress = progress
        self._before = 0  # rows of earlier readings

    @property
    def rows_read(self) -> int:
        return self._reader.rows_read

    def batches(
        self, on_broken: Callable[[BrokenRow], None] | None = None
    ) -> Iterator[list[RosterRow]]:
        """The rows that are right in themselves; the others have become problems."""
        checked = self._checked(on_broken)
        while batch := list(islice(checked, BATCH_ROWS)):
            yield batch
            done = self._before + self.rows_read
            self._progress(done, max(2 * self._reader.rows_expected, done))
        self._before += self.rows_read

    def _checked(self, on_broken: Callable[[BrokenRow], None] | None) -> Iterator[RosterRow]:
        for read in self._reader.rows():
            row = checked_row(read, self._today)
            if isinstance(row, RosterRow):
                yield row
            elif on_broken is not None:
                on_broken(row)


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
    if not is_dry_run:
        raise RosterHasProblems(**problems.details())
    return Outcome(
        is_dry_run=True,
        rows=rows,
        added=0,
        updated=0,
        unchanged=0,
        new_groups=(),
        problem_count=problems.total,
        problems=tuple(problems.listed()),
    )


def _has_begun(with_something_to_lose: Worth, village_id: UUID) -> bool:
    """Whether a household of the village has a phone, a card or points."""
    homes = db.session.scalars(select(Household.id).where(Household.village_id == village_id))
    return any(with_something_to_lose(some) for some in homes.partitions(ASKED_AT_ONCE))


def _written(
    counts: Counts, new_groups: tuple[str, ...], told: Told, *, is_dry_run: bool
) -> Outcome:
    return Outcome(
        is_dry_run=is_dry_run,
        rows=counts.added + counts.updated + counts.unchanged,
        added=counts.added,
        updated=counts.updated,
        unchanged=counts.unchanged,
        new_groups=new_groups,
        problem_count=0,
        problems=(),
        question_count=told.questions.total,
        questions=tuple(told.questions.listed()),
        confirmation_count=told.confirmations.total,
        confirmations=tuple(told.confirmations.listed()),
        warning_count=told.warnings.total,
        warnings=tuple(told.warnings.listed()),
        difference_count=told.differences.total,
        differences=tuple(told.differences.listed()),
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
