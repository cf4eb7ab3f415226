"""A county with one town of two villages, and the import as the command line runs it."""

from dataclasses import dataclass
from uuid import UUID

import pytest
from sqlalchemy import text

from app.kernel import clock
from app.kernel.db import db, transaction
from app.register.households.roster import Watch, import_roster
from app.register.regions import service
from tests.given.factories import COUNTY


@dataclass(frozen=True)
class Places:
    county: UUID
    town: UUID
    village: UUID  # 前进村
    other: UUID  # 新建村


@pytest.fixture
def places(app, noon) -> Places:
    with app.app_context(), transaction():
        county = service.create_county(county_id=COUNTY, name="示范县", at=noon()).id
        db.session.flush()
        town = _add(county, "和平镇")
        return Places(county, town, _add(town, "前进村"), _add(town, "新建村"))


def _add(parent_id: UUID, name: str) -> UUID:
    return service.add_region(
        county_id=COUNTY, parent_id=parent_id, name=name, actor_id=None, at=clock.now()
    ).id


@pytest.fixture
def imports(app, places):
    """``imports(file)`` imports it, ``imports(file, is_dry_run=True)`` only looks."""

    def run(file, *, by=None, is_dry_run=False, **options):
        with app.app_context(), transaction():
            return import_roster(
                file,
                county_id=COUNTY,
                by=by,
                is_dry_run=is_dry_run,
                at=clock.now(),
                with_something_to_lose=lambda _: (),
                watch=Watch(**options),
            ).outcome

    return run


@pytest.fixture
def told(imports):
    """``told(file)``: what a dry run lists, as (row, column, kind)."""

    def dry_run(file):
        outcome = imports(file, is_dry_run=True)
        assert outcome.problem_count == len(outcome.problems)
        return [(p.row, p.column, str(p.kind)) for p in outcome.problems]

    return dry_run


@pytest.fixture
def register(app):
    """``register()``: every household of the register, by the door."""

    def rows():
        with app.app_context():
            return [
                tuple(row)
                for row in db.session.execute(
                    text("""
                        SELECT h.door_number, m.name, g.name, h.member_count,
                               h.is_party_household, l.name
                          FROM households h
                          JOIN members m ON m.household_id = h.id AND m.is_head
                          JOIN regions g ON g.id = h.group_id
                          LEFT JOIN members l ON l.id = h.liaison_id
                         ORDER BY h.door_number
                    """)
                )
            ]

    return rows
