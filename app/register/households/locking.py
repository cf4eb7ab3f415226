"""Making everybody who decides about a household take turns."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import Select, bindparam, func, or_, select, union
from sqlalchemy.orm import aliased

from app.kernel.db import db, locked
from app.register.households.models import Household

_MEANT = Household.id.in_(bindparam("ids", expanding=True))
_LOCK = locked(
    select(Household.id)
    .where(
        Household.id.in_(
            union(
                select(Household.id).where(_MEANT),
                select(Household.cap_root_id).where(_MEANT, Household.cap_root_id.is_not(None)),
            )
        )
    )
    .order_by(Household.id)
)


def lock_households(household_ids: Iterable[UUID]) -> None:
    """Lock the households until the commit, in the order of their ids.

    What decides about their points does this itself. A service that first writes rows that refer
    to a household calls it before: a row that refers to another locks it too, and two of them
    could not both go on. With one whose caps are another's, that other is locked as well.
    """
    db.session.connection().execute(_LOCK, {"ids": sorted(set(household_ids))}).all()


def sharing_caps(household_id: UUID) -> Select[UUID]:
    """The household, and those whose caps are also its own."""
    own = aliased(Household)
    root = (
        select(func.coalesce(own.cap_root_id, own.id))
        .where(own.id == household_id)
        .scalar_subquery()
    )
    return select(Household.id).where(or_(Household.id == root, Household.cap_root_id == root))
