"""How much a card may pay in a county, at once and in a day."""

from dataclasses import asdict, dataclass, fields
from datetime import datetime
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from app.kernel import audit
from app.kernel.db import db
from mall.cards.models import CardSettings


@dataclass(frozen=True)
class Settings:
    """The points of one county; these are the defaults."""

    payment_points_max: int = 2_000
    day_points_max: int = 5_000


def settings_of(county_id: int) -> Settings:
    """What the county has chosen, or the defaults."""
    row = db.session.get(CardSettings, county_id)
    if row is None:
        return Settings()
    return Settings(**{field.name: getattr(row, field.name) for field in fields(Settings)})


def set_settings(*, county_id: int, settings: Settings, by: UUID, at: datetime) -> Settings:
    """Let cards pay so much from now on."""
    before = settings_of(county_id)
    values = asdict(settings)
    db.session.execute(
        insert(CardSettings)
        .values(county_id=county_id, **values)
        .on_conflict_do_update(index_elements=["county_id"], set_=values),
        execution_options={"populate_existing": True},
    )
    db.session.expire_all()
    audit.record(
        "cards.set_settings",
        county_id=county_id,
        actor_id=by,
        subject=("county", county_id),
        at=at,
        before=asdict(before),
        after=values,
    )
    return settings
