"""A county's auditor, and somebody who does what the auditor looks at."""

import pytest

from app.kernel import audit
from app.kernel.db import db, transaction
from app.register.identity.roles import Role
from tests.given.factories import COUNTY
from tests.given.http import user_of


@pytest.fixture
def village(given):
    return given.village("石桥村")


@pytest.fixture
def auditor(given, village):
    return given.staff(Role.AUDITOR, village.county_region_id, name="李审计")


@pytest.fixture
def admin(app, given, village):
    client = given.staff(Role.COUNTY_ADMIN, village.county_region_id, name="王建国")
    client.user_id = user_of(app, client)
    return client


@pytest.fixture
def done(app, noon):
    """Write an event into the trace, as the services do; returns its id."""

    def write(action, by, subject=("region", "x"), county_id=COUNTY, **details):
        with app.app_context(), transaction():
            audit.record(
                action, county_id=county_id, actor_id=by, subject=subject, at=noon(), **details
            )
            (event,) = db.session.new
            return str(event.id)

    return write
