"""Somebody who has stood before a shop."""

from uuid import UUID

from app.kernel.db import transaction
from app.kernel.ids import uuid7
from app.register.identity.caller import Caller
from app.register.identity.roles import Role
from mall.merchants import visits
from tests.given.factories import COUNTY
from tests.given.http import user_of


def stood_before(app, given, at, licence_number: str, county_id: int = COUNTY) -> UUID:
    """A visit by somebody of a town, whose picture nobody took; its id."""
    official = given.staff(Role.TOWN_ADMIN, given.county(county_id), county_id)
    by = Caller(user_of(app, official), county_id)
    with app.app_context(), transaction():
        return visits.record(
            licence_number=licence_number,
            front=visits.Front(uuid7(at), bytes(32)),
            spot=visits.Spot(30.4, 119.9),
            by=by,
            at=at,
        ).id
