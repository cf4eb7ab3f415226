"""Events that may earn points."""

from uuid import uuid4

import pytest

from app.kernel.db import transaction
from app.points import awards
from app.points.awards.models import Award, Evidence
from app.register.identity.roles import Role
from tests.given.factories import COUNTY


@pytest.fixture
def decide(app, given, noon):
    """Decide one event that happens now; returns the award."""
    reviewer = given.user()

    def run(family, rule=awards.Rule.SELF_CHECK, **more) -> Award:
        event = awards.Event(
            household_id=family.id,
            village_id=family.village.id,
            rule=rule,
            evidence_kind=Evidence.SELF_CHECK,
            evidence_id=uuid4(),
            **({"happened_at": noon()} | more),
        )
        with app.app_context(), transaction():
            (award,) = awards.decide(
                county_id=COUNTY,
                events=[event],
                decided_by=reviewer,
                decided_as=Role.REVIEWER,
                at=noon(),
            )
            return award

    return run
