"""A check that a person must judge is a matter of its household."""

from sqlalchemy import select

from app.kernel.db import db
from app.photos import matters
from app.register.households.models import Household
from tests.given.inspections import check, look, open_conflicts, resolve


def open_households(app) -> set:
    with app.app_context():
        is_open = matters.is_open(Household.county_id, Household.id)
        return set(db.session.scalars(select(Household.id).where(is_open)))


def test_a_conflict_is_open_until_it_is_resolved(app, liaison, collector, village_admin, family):
    check(liaison, family)
    look(collector, family, "bin", grade="b")
    assert open_households(app) == {family.id}

    (conflict,) = open_conflicts(village_admin)
    resolve(village_admin, conflict["id"], "keep_first")

    assert open_households(app) == set()
