"""Taking a resident's photo."""

from datetime import datetime
from typing import BinaryIO
from uuid import UUID

from sqlalchemy import select

from app.kernel.db import db
from app.kernel.ids import uuid7
from app.kernel.jobs import defer
from app.photos import service as photos
from app.photos.uploads import taken
from app.register.households.models import Household
from app.sorting.self_checks import jobs
from app.sorting.self_checks.models import SelfCheck, SelfCheckState


def submit(
    *, county_id: int, household_id: UUID, user_id: UUID, content: BinaryIO | UUID, at: datetime
) -> SelfCheck:
    """Take a resident's photo; a job screens it, then it waits for a reviewer.

    ``content`` is the file itself, or the id of an upload that the phone made.

    Raises:
        PhotoEmpty, PhotoTooLarge, NotAPhoto: what can be seen to be no photo at once.
        UploadNotFound, UploadUsed, UploadExpired: there is no such upload to use.
        StoreFull, StoreAway: the photo could not be kept.
    """
    upload = taken(content, county_id=county_id, user_id=user_id, at=at)
    household = db.session.scalars(
        select(Household).where(Household.id == household_id, Household.county_id == county_id)
    ).one()
    photo = photos.receive(
        upload,
        county_id=county_id,
        household_id=household_id,
        group_id=household.group_id,
        uploaded_by=user_id,
        at=at,
    )
    self_check = SelfCheck(
        county_id=county_id,
        id=uuid7(at),
        household_id=household_id,
        village_id=household.village_id,
        group_id=household.group_id,
        user_id=user_id,
        photo=photo,
        state=SelfCheckState.SCREENING,
        submitted_at=at,
        findings=[],
    )
    db.session.add(self_check)
    defer(jobs.screen, str(county_id), str(self_check.id))
    return self_check
