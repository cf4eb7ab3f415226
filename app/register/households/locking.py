"""Making everybody who decides about a household take turns."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import bindparam, select

from app.kernel.db import db, locked
from app.register.households.models import Household

_LOCK = locked(
    select(Household.id)
    .where(Household.id.in_(bindparam("ids", expanding=True)))
    .order_by(Household.id)
)


def lock_households(household_ids: Iterable[UUID]) -> None:
    """Lock the households until the commit, in the order of their ids.

    What decides about their points does this itself. A service that first writes rows that refer
    to a household calls it before: a row that refers to another locks it too, and two of them
    could not both go on.
    """
    db.session.connection().execute(_LOCK, {"ids": sorted(set(household_ids))}).all()
