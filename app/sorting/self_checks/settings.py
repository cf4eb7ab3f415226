"""How a county has photos judged: how long a lease lasts, how many are judged twice, and more."""

from dataclasses import asdict, dataclass, fields
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, Integer, cast, func
from sqlalchemy.dialects.postgresql import insert

from app.kernel import audit
from app.kernel.db import db
from app.sorting.self_checks.models import ReviewSettings


@dataclass(frozen=True)
class Settings:
    """The numbers of one county; these are the defaults."""

    lease_minutes: int = 5
    second_percent: int = 5
    overdue_minutes: int = 60
    appeal_days: int = 7
    quick_seconds: int = 3


def settings_of(county_id: int) -> Settings:
    """What the county has chosen, or the defaults."""
    row = db.session.get(ReviewSettings, county_id)
    if row is None:
        return Settings()
    return Settings(**{field.name: getattr(row, field.name) for field in fields(Settings)})


def set_settings(*, county_id: int, settings: Settings, by: UUID, at: datetime) -> Settings:
    """Have the county judge by these numbers from now on."""
    before = settings_of(county_id)
    values = asdict(settings)
    db.session.execute(
        insert(ReviewSettings)
        .values(county_id=county_id, **values)
        .on_conflict_do_update(index_elements=["county_id"], set_=values),
        execution_options={"populate_existing": True},
    )
    db.session.expire_all()
    audit.record(
        "reviews.set_settings",
        county_id=county_id,
        actor_id=by,
        subject=("county", county_id),
        at=at,
        before=asdict(before),
        after=values,
    )
    return settings


def overdue_after() -> ColumnElement[timedelta]:
    """How long a photo may wait, for a query that outer-joins the settings of its county."""
    minutes = func.coalesce(ReviewSettings.overdue_minutes, Settings().overdue_minutes)
    return func.make_interval(0, 0, 0, 0, 0, cast(minutes, Integer))
