"""A liaison, their household, and what is known of it."""

from datetime import date
from uuid import uuid4

import pytest

from app.register.identity.roles import Role
from tests.app.sorting.inspections.conftest import (
    collector,
    family,
    liaison,
    liaison_family,
    village_admin,
)
from tests.mall.conftest import together

__all__ = ["collector", "family", "liaison", "liaison_family", "together", "village_admin"]

REVIEW_ON = date(2026, 9, 1)


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


def post(client, path: str, body: dict | None = None, key: str | None = None):
    return client.post(
        f"/api/v1/care/{path}", json=body or {}, headers={"Idempotency-Key": key or uuid4().hex}
    )


def enter(client, family, key: str | None = None, **fields):
    """Put the household on the register, by default for being old, with a word and a date."""
    body = {"household_id": str(family.id), "reasons": ["old"], "note": "腿脚不便"}
    return post(client, "entries", body | {"review_on": str(REVIEW_ON)} | fields, key)


def write_note(client, family, text: str = "老人耳背，要敲重一点"):
    return post(client, "notes", {"household_id": str(family.id), "text": text})


def register(client, query: str = "") -> list[dict]:
    return client.get(f"/api/v1/care/entries{query}").json["items"]
