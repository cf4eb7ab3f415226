"""Who is whose relation, and who has two phones."""

from itertools import count

import pytest

from app.kernel.db import db, transaction
from app.kernel.ids import uuid7
from app.register.households.models import HouseholdRelation, RelationKind
from app.register.identity.models import User
from app.register.people import service as people
from tests.given.factories import COUNTY

_numbers = count(1)


@pytest.fixture
def related(app, given, noon):
    """Enter two households as kin."""

    def run(one, other) -> None:
        low, high = sorted([one.id, other.id])
        entered_by = given.user()
        with app.app_context(), transaction():
            db.session.add(
                HouseholdRelation(
                    id=uuid7(noon()),
                    household_id=low,
                    other_id=high,
                    kind=RelationKind.KIN,
                    entered_by=entered_by,
                    entered_at=noon(),
                )
            )

    return run


@pytest.fixture
def one_person(app, noon):
    """Let users be one person, with as many phones."""

    def run(*user_ids) -> None:
        index = f"person {next(_numbers)}".encode()
        with app.app_context(), transaction():
            known = people.enter(county_id=COUNTY, id_number_indexes=[index], at=noon())
            for user_id in user_ids:
                db.session.get_one(User, user_id).person_id = known[index]

    return run
