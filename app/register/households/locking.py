"""Making everybody who decides about a household take turns."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import select

from app.kernel.db import db, locked
from app.register.households.models import Household


def lock_households(household_ids: Iterable[UUID]) -> None:
    """Lock the households until the commit, in the order of their ids.

    What decides about their points does this itself. A service that first writes rows that refer
    to a household calls it before: a row that refers to another locks it too, and two of them
    could not both go on.
    """
    db.session.scalars(
        locked(
            select(Household.id)
            .where(Household.id.in_(sorted(set(household_ids))))
            .order_by(Household.id)
        )
    ).all()
