"""A liaison, their household, and what is known of it."""

import pytest

from app.register.identity.roles import Role
from tests.given.inspections import collector, family, liaison, liaison_family, village_admin
from tests.given.races import together


@pytest.fixture
def strangers(app, given, family):
    """Clients who must not learn who needs help: of other areas, and of other roles."""
    village = family.village
    roles = (Role.COLLECTOR, Role.BOOTH_KEEPER, Role.REVIEWER, Role.GROUP_LEADER, Role.AUDITOR)
    return [
        given.resident(given.household(village=village)),
        *(given.staff(role, village.group_id) for role in roles),
    ]


@pytest.fixture
def elsewhere(given, family):
    """A liaison and a village administrator of other households."""
    other = given.household(is_party=True, village=family.village)
    given.household(village=family.village, liaison=other)
    return [given.resident(other), given.staff(Role.VILLAGE_ADMIN, given.village().id)]
