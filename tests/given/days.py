"""What happened at a household, as raw rows of other domains."""

from datetime import datetime, timedelta
from hashlib import sha256
from itertools import count
from uuid import UUID

import pytest

from app.kernel.db import db, transaction
from app.kernel.ids import uuid7
from app.photos.models import Photo, PhotoState
from app.register.identity.roles import Role
from app.sorting.inspections.models import Check, CheckState, Grade, Setting
from app.sorting.rounds.models import Outcome, Visit, VisitResult, Way
from app.sorting.rounds.planning import week_of
from app.sorting.self_checks.models import RejectReason, SelfCheck, SelfCheckState
from tests.given.factories import COUNTY, Family

_numbers = count(1)


class Happened:
    """Writes what happened at a household, each time in a transaction of its own."""

    def __init__(self, app, user_id: UUID) -> None:
        self._app, self._user_id = app, user_id

    def _add(self, *rows) -> UUID:
        with self._app.app_context(), transaction():
            for row in rows:
                db.session.add(row)
                db.session.flush()
            return rows[-1].id

    def _photo(self, family: Family, at: datetime) -> Photo:
        return Photo(
            county_id=COUNTY,
            id=uuid7(at),
            household_id=family.id,
            group_id=family.village.group_id,
            uploaded_by=self._user_id,
            received_at=at,
            upload_bytes=1,
            sha256=sha256(str(next(_numbers)).encode()).digest(),
            state=PhotoState.RECEIVED,
            attempts=0,
        )

    def check(self, family: Family, at: datetime, grade: str = "a") -> UUID:
        photo = self._photo(family, at)
        row = Check(
            county_id=COUNTY,
            id=uuid7(at),
            household_id=family.id,
            village_id=family.village.id,
            checked_by=self._user_id,
            at=at,
            received_at=at,
            setting=Setting.BOOTH,
            checked_as=Role.BOOTH_KEEPER,
            kinds=["kitchen"],
            is_put_out=True,
            state=CheckState.COUNTED,
            grade=Grade(grade),
            wrong_kinds=[],
            photo_id=photo.id,
        )
        return self._add(photo, row)

    def self_check(self, family: Family, at: datetime) -> UUID:
        photo = self._photo(family, at)
        row = SelfCheck(
            county_id=COUNTY,
            id=uuid7(at),
            household_id=family.id,
            village_id=family.village.id,
            group_id=family.village.group_id,
            user_id=self._user_id,
            photo_id=photo.id,
            state=SelfCheckState.WAITING,
            submitted_at=at,
            findings=[],
        )
        return self._add(photo, row)

    def judged(self, self_check_id: UUID, at: datetime, *, approved: bool) -> None:
        """A verdict; also one that overturns another, as an appeal does."""
        with self._app.app_context(), transaction():
            row = db.session.get_one(SelfCheck, (COUNTY, self_check_id))
            row.state = SelfCheckState.APPROVED if approved else SelfCheckState.REJECTED
            row.reject_reason = None if approved else RejectReason.WRONG_KIND
            row.reviewed_by, row.reviewed_at = self._user_id, at

    def unreadable(self, self_check_id: UUID) -> None:
        with self._app.app_context(), transaction():
            row = db.session.get_one(SelfCheck, (COUNTY, self_check_id))
            row.state, row.reject_reason = SelfCheckState.UNREADABLE, RejectReason.UNREADABLE

    def visit(self, family: Family, at: datetime, score: int | None = 100) -> UUID:
        """Planned for a week of its own, so that a household may be visited twice a day."""
        week_on = week_of(at.date()) - timedelta(weeks=next(_numbers))
        visit = Visit(
            county_id=COUNTY,
            id=uuid7(at),
            week_on=week_on,
            from_on=week_on,
            household_id=family.id,
            village_id=family.village.id,
            group_id=family.village.group_id,
            way=Way.BOTTOM,
            ordinal=1,
            why={},
            drawn_for=self._user_id,
            inspector_id=self._user_id,
            planned_at=at,
        )
        result = VisitResult(
            county_id=COUNTY,
            id=uuid7(at),
            visit_id=visit.id,
            household_id=family.id,
            village_id=family.village.id,
            inspector_id=self._user_id,
            at=at,
            outcome=Outcome.NOBODY_HOME if score is None else Outcome.SEEN,
            score=score,
            is_passed=None if score is None else score >= 75,
            wrong_kinds=[],
            deductions=[],
            findings={},
        )
        return self._add(visit, result)


@pytest.fixture
def happened(app, given) -> Happened:
    given.county()
    return Happened(app, given.user())
