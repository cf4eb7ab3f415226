"""Importing a batch of codes: look at the whole file, then take all of it or nothing."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from hashlib import sha256
from itertools import islice
from typing import IO
from uuid import UUID

from sqlalchemy import insert, select, update

from app.kernel import audit, clock
from app.kernel.db import db, locked
from app.kernel.ids import uuid7
from app.kernel.tables import Problem, Problems
from mall.vouchers import secrets
from mall.vouchers.batch_files import SENTENCES, CodeRow, Column, Kind, rows
from mall.vouchers.errors import BatchEmpty, BatchHasProblems
from mall.vouchers.kinds import held_kind
from mall.vouchers.models import CodeState, Platform, VoucherBatch, VoucherCode, VoucherKind

PROBLEMS_LISTED = 500
AT_ONCE = 1_000
PIECE_BYTES = 1 << 20


@dataclass(frozen=True)
class Outcome:
    """What an import did, or would do if it was a dry run."""

    is_dry_run: bool
    is_repeat: bool  # the file was imported before: nothing was changed
    batch_id: UUID | None
    count: int
    sha256: str
    problem_count: int
    problems: tuple[Problem, ...]  # the first of them, by row
    proposal_id: UUID | None = None  # to sell the codes; another person agrees


def import_batch(
    file: IO[bytes], *, county_id: int, kind_id: UUID, is_dry_run: bool, by: UUID, at: datetime
) -> Outcome:
    """Take the codes of a file, all of them or none, sealed; ``release`` puts them on sale.

    A dry run lists every problem and changes nothing. The same file again changes nothing.

    Raises:
        KindNotFound, KindWithdrawn: nothing is sold of this kind.
        BatchHasProblems: a real run met problems; nothing was changed.
        BatchEmpty: there is no code below the heading.
        NotATable and the refusals of ``app.kernel.tables``: it is no file of codes.
    """
    if not is_dry_run:
        _take_turns(county_id, kind_id)
    kind = held_kind(county_id, kind_id)
    digest = _digest(file)
    before = db.session.scalar(
        select(VoucherBatch).where(
            VoucherBatch.county_id == county_id,
            VoucherBatch.kind_id == kind.id,
            VoucherBatch.sha256 == digest,
        )
    )
    if before is not None:
        return Outcome(is_dry_run, True, before.id, before.count, digest.hex(), 0, ())
    problems = Problems(PROBLEMS_LISTED, SENTENCES)
    found = rows(file, problems, today=clock.day_of(at))
    fresh = _fresh(kind, found, problems, at)
    if problems.total:
        return _with_problems(len(found), digest, problems, is_dry_run=is_dry_run)
    if not fresh:
        raise BatchEmpty()
    batch_id = None if is_dry_run else _take(kind, fresh, digest, by, at)
    return Outcome(is_dry_run, False, batch_id, len(fresh), digest.hex(), 0, ())


def batch_of(county_id: int, batch_id: UUID) -> VoucherBatch:
    """The batch; the caller has made sure that it is the county's."""
    return db.session.get_one(VoucherBatch, (county_id, batch_id))


def is_waiting(county_id: int, batch_id: UUID) -> bool:
    """Whether nobody but who imported the batch has agreed to it."""
    waits = select(VoucherCode.id).where(
        VoucherCode.county_id == county_id,
        VoucherCode.batch_id == batch_id,
        VoucherCode.state == CodeState.WAITING,
    )
    return db.session.scalar(waits.limit(1)) is not None


def release(*, county_id: int, batch_id: UUID) -> None:
    """Put the codes of a batch on sale, as two people agreed."""
    db.session.execute(
        update(VoucherCode)
        .where(
            VoucherCode.county_id == county_id,
            VoucherCode.batch_id == batch_id,
            VoucherCode.state == CodeState.WAITING,
        )
        .values(state=CodeState.FREE)
        .execution_options(synchronize_session=False)
    )


def _take_turns(county_id: int, kind_id: UUID) -> None:
    """Let one import of a platform go on at a time, so that each sees the codes of those before."""
    platform_of = select(VoucherKind.platform_id).where(
        VoucherKind.county_id == county_id, VoucherKind.id == kind_id
    )
    db.session.scalar(locked(select(Platform).where(Platform.id == platform_of.scalar_subquery())))


def _digest(file: IO[bytes]) -> bytes:
    digest = sha256()
    for piece in iter(partial(file.read, PIECE_BYTES), b""):
        digest.update(piece)
    file.seek(0)
    return digest.digest()


def _fresh(
    kind: VoucherKind, found: Sequence[CodeRow], problems: Problems, at: datetime
) -> dict[bytes, CodeRow]:
    """The rows by the blind index of their code; repeated and known ones become problems."""
    fresh: dict[bytes, CodeRow] = {}
    for row in found:
        index = secrets.index(kind.platform_id, row.text)
        if index in fresh:
            problems.add(row.number, Column.CODE, Kind.TWICE, other=fresh[index].number)
            continue
        if row.last_on is None and kind.last_on < clock.day_of(at):
            problems.add(row.number, Column.LAST_ON, Kind.EXPIRED)
        fresh[index] = row
    for index in _known(kind, list(fresh)):
        problems.add(fresh[index].number, Column.CODE, Kind.KNOWN)
    return fresh


def _known(kind: VoucherKind, indexes: list[bytes]) -> Iterator[bytes]:
    for first in range(0, len(indexes), AT_ONCE):
        yield from db.session.scalars(
            select(VoucherCode.code_index).where(
                VoucherCode.county_id == kind.county_id,
                VoucherCode.platform_id == kind.platform_id,
                VoucherCode.code_index.in_(indexes[first : first + AT_ONCE]),
            )
        )


def _take(
    kind: VoucherKind, fresh: dict[bytes, CodeRow], digest: bytes, by: UUID, at: datetime
) -> UUID:
    batch_id = uuid7(at)
    db.session.add(
        VoucherBatch(
            county_id=kind.county_id,
            id=batch_id,
            kind_id=kind.id,
            sha256=digest,
            count=len(fresh),
            imported_by=by,
            imported_at=at,
        )
    )
    db.session.flush()
    rest = iter(fresh.items())
    while some := list(islice(rest, AT_ONCE)):
        _write(kind, batch_id, some, at)
    audit.record(
        "vouchers.import_batch",
        county_id=kind.county_id,
        actor_id=by,
        subject=("voucher_batch", batch_id),
        at=at,
        kind_id=str(kind.id),
        count=len(fresh),
        sha256=digest.hex(),
    )
    return batch_id


def _write(
    kind: VoucherKind, batch_id: UUID, some: Sequence[tuple[bytes, CodeRow]], at: datetime
) -> None:
    values = []
    for index, row in some:
        code_id = uuid7(at)
        values.append(
            {
                "county_id": kind.county_id,
                "id": code_id,
                "platform_id": kind.platform_id,
                "kind_id": kind.id,
                "batch_id": batch_id,
                "row_number": row.number,
                "sealed": secrets.seal(code_id, row.text),
                "code_index": index,
                "tail": secrets.tail(row.text),
                "last_on": row.last_on or kind.last_on,
                "state": CodeState.WAITING,
            }
        )
    db.session.execute(insert(VoucherCode), values)


def _with_problems(count: int, digest: bytes, problems: Problems, *, is_dry_run: bool) -> Outcome:
    if not is_dry_run:
        raise BatchHasProblems(**problems.details())
    return Outcome(True, False, None, count, digest.hex(), problems.total, tuple(problems.listed()))
