"""Who acts for a household, on which phones."""

from sqlalchemy import exists, select

from app.kernel.db import db
from app.register.households.models import Binding


def is_bound_by_others(binding: Binding) -> bool:
    """Whether another phone acts for the household of this one's binding."""
    another = exists().where(
        Binding.household_id == binding.household_id,
        Binding.ended_at.is_(None),
        Binding.id != binding.id,
    )
    return bool(db.session.scalar(select(another)))
