"""Those who check a household, and what they send."""

from io import BytesIO
from itertools import count
from uuid import uuid4

import pytest

from app.register.identity.roles import Role
from tests.given import pictures
from tests.given.uploads import upload

_pictures = count(1_000)


@pytest.fixture
def liaison_family(given):
    """The household of a party member, in a village with 1,000 points to give."""
    village = given.village()
    given.budget(village, 1_000)
    return given.household(village=village, is_party=True, head="李党员")


@pytest.fixture
def family(given, liaison_family):
    """A household whose liaison that party member is."""
    return given.household(village=liaison_family.village, liaison=liaison_family)


@pytest.fixture
def liaison(given, liaison_family, family):
    return given.resident(liaison_family)


@pytest.fixture
def collector(given, family):
    """Somebody who empties the bins of the household's village."""
    return given.staff(Role.COLLECTOR, family.village.id)


@pytest.fixture
def booth_keeper(given, family):
    """Somebody who keeps a booth in the household's group."""
    return given.staff(Role.BOOTH_KEEPER, family.village.group_id)


@pytest.fixture
def village_admin(given, family):
    return given.staff(Role.VILLAGE_ADMIN, family.village.id)


def look(client, family, setting: str, *, photo: bytes | None = None, key=None, **fields):
    """Send a check at the booth or the bin, by default of grade A of kitchen waste, with a photo
    that nobody sent before. Without a grade there is none."""
    form = {"household_id": str(family.id), "setting": setting, "grade": "a", "kinds": "kitchen"}
    given = {name: value for name, value in (form | fields).items() if value is not None}
    if photo is None and "grade" in given and "upload_id" not in given:
        photo = new_photo()
    if photo is not None:
        return upload(client, "/api/v1/checks", photo, key=key, **given)
    return client.post(
        "/api/v1/checks", data=given, headers={"Idempotency-Key": key or uuid4().hex}
    )


def without_photo(client, family, setting: str, **fields):
    """The same, and no photo."""
    form = {"household_id": str(family.id), "setting": setting, "grade": "a"} | fields
    return client.post("/api/v1/checks", data=form, headers={"Idempotency-Key": uuid4().hex})


def evidence() -> BytesIO:
    """A photo that nobody sent before, for the service itself."""
    return BytesIO(new_photo())


def new_photo() -> bytes:
    """A photo that nobody sent before."""
    return pictures.photo(next(_pictures))


def open_conflicts(client) -> list[dict]:
    return client.get("/api/v1/check-conflicts").json["items"]


def resolve(client, conflict_id, outcome: str, note: str = "问过两位，看过照片", key=None):
    return client.post(
        f"/api/v1/check-conflicts/{conflict_id}/resolution",
        json={"outcome": outcome, "note": note},
        headers={"Idempotency-Key": key or uuid4().hex},
    )


def check(client, family, content: bytes | None = None, *, key: str | None = None, **fields):
    """Send a check of the household, by default of grade A with a photo nobody sent before."""
    content = pictures.photo(next(_pictures)) if content is None else content
    form = {"household_id": str(family.id), "grade": "a"} | fields
    given = {name: value for name, value in form.items() if value is not None}
    return upload(client, "/api/v1/checks", content, key=key, **given)
