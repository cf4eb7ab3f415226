"""Writing down where households live from a day on."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from app.kernel.db import db
from app.register.households.models import HouseholdPlace


@dataclass(frozen=True, slots=True)
class Placed:
    """A household that lives in a group from now on."""

    household_id: UUID
    village_id: UUID
    group_id: UUID


def place(households: Iterable[Placed], *, from_on: date) -> None:
    """Let households live there from the day on; what was said of that same day is said again."""
    rows: list[dict[str, Any]] = [
        {
            "household_id": one.household_id,
            "from_on": from_on,
            "village_id": one.village_id,
            "group_id": one.group_id,
        }
        for one in households
    ]
    if not rows:
        return
    added = insert(HouseholdPlace).values(rows)
    db.session.execute(
        added.on_conflict_do_update(
            index_elements=["household_id", "from_on"],
            set_={"village_id": added.excluded.village_id, "group_id": added.excluded.group_id},
        )
    )
