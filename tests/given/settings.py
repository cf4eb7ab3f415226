"""Settings of a county, chosen as people choose them: one proposes, one agrees, a day goes by.

Where a test is about something else, ``given.setting(SETTINGS, …)`` is shorter.
"""

from uuid import UUID

import pytest

from app.agreements.proposals import jobs
from app.kernel.db import transaction
from app.register.identity import service
from app.register.identity.roles import Role
from tests.given.factories import COUNTY
from tests.given.proposals import agree


@pytest.fixture
def chosen(agreed_to):
    """``chosen(admin, "rounds/settings", body)``: an administrator's choice, in force."""

    def run(admin, url, body, method="post"):
        proposed = getattr(admin, method)(f"/api/v1/{url}", json=body)
        assert proposed.status_code == 202, proposed.json
        agreed_to(proposed.json["id"])

    return run


@pytest.fixture
def agreed_to(app, given, noon):
    """Another administrator agrees to what is proposed; a day goes by."""

    def run(proposal_id: UUID | str | None = None) -> None:
        noon.move(days=-8)
        another = given.staff(Role.COUNTY_ADMIN, given.county())
        noon.move(days=8)  # no longer fresh in office
        waiting = another.get("/api/v1/proposals?to_decide=true").json["items"]
        answer = agree(another, proposal_id or waiting[0]["id"])
        assert answer.status_code == 200, answer.json
        noon.move(days=1)
        with app.app_context():
            jobs.begin_coming()

    return run


@pytest.fixture
def office_phone(app, given, noon):
    """``office_phone("139…", role)``: the phone of somebody with an office over the county."""

    def enter(phone: str, role: Role = Role.COUNTY_ADMIN) -> str:
        root = given.county()
        with app.app_context(), transaction():
            user = service.enrol_staff(
                county_id=COUNTY, phone=phone, name="赵某", actor_id=None, at=noon()
            )
        given.grant(user.id, role, root)
        return phone

    return enter
