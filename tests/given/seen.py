"""What somebody saw of a household's waste, written past the services."""

from uuid import uuid4

from app.kernel.db import db, transaction
from app.register.identity.roles import Role
from app.sorting.inspections.models import Check
from tests.given.factories import COUNTY


def seen_at_the_bin(app, given, family, at, grade="b") -> None:
    """A collector saw the household's waste."""
    with app.app_context(), transaction():
        check = Check(
            county_id=COUNTY,
            id=uuid4(),
            household_id=family.id,
            village_id=family.village.id,
            setting="bin",
            checked_by=given.user(),
            checked_as=Role.COLLECTOR,
            at=at,
            received_at=at,
            grade=grade,
            wrong_kinds=[],
            kinds=["kitchen"],
            is_put_out=True,
            state="counted",
        )
        db.session.add(check)
