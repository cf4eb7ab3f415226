"""Who may see a photo, and what is in it."""

from io import BytesIO

import pytest
from PIL import Image

from app.photos.jobs import prepare
from app.register.identity.roles import Role
from tests.given import pictures
from tests.given.factories import COUNTY
from tests.given.uploads import upload as send


@pytest.fixture
def family(given):
    return given.household(village=given.village())


@pytest.fixture
def upload(given, family):
    """Send a photo of the family; returns its address."""

    def run(*, is_screened: bool = True) -> str:
        sent = send(given.resident(family), "/api/v1/self-checks", pictures.with_exif())
        if is_screened:
            prepare(str(COUNTY), sent.json["photo_id"])
        return f"/api/v1/photos/{sent.json['photo_id']}"

    return run


def test_the_household_sees_its_photo_without_metadata(given, family, upload):
    seen = given.resident(family).get(upload())

    assert (seen.status_code, seen.mimetype) == (200, "image/jpeg")
    assert Image.open(BytesIO(seen.data)).size == (800, 600)
    assert dict(Image.open(BytesIO(seen.data)).getexif()) == {}
    assert b"SECRET" not in seen.data


def test_a_thumbnail_is_small(given, family, upload):
    seen = given.resident(family).get(upload() + "?size=thumb")

    assert Image.open(BytesIO(seen.data)).size == (320, 240)


def test_a_photo_is_kept_by_the_phone_alone_and_can_run_nothing(given, family, upload):
    headers = given.resident(family).get(upload()).headers

    assert headers["Cache-Control"] == "private, max-age=3600, immutable"
    assert headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    "role", [Role.REVIEWER, Role.VILLAGE_ADMIN, Role.TOWN_ADMIN, Role.COUNTY_ADMIN]
)
def test_staff_of_the_area_see_it_and_those_of_another_do_not(given, family, upload, role):
    address = upload()

    assert given.staff(role, family.village.town_id).get(address).status_code == 200
    assert given.staff(role, given.village().town_id).get(address).status_code == 404


def test_another_household_does_not_find_it(given, family, upload):
    seen = given.resident(given.household(village=family.village)).get(upload())

    assert (seen.status_code, seen.json["code"]) == (404, "photo.not_found")
    assert seen.json["message"] == "没有找到这张照片"


def test_a_county_of_another_number_does_not_find_it(given, family, upload):
    other = given.staff(Role.COUNTY_ADMIN, given.county(990102), county_id=990102)

    assert other.get(upload()).status_code == 404


def test_strangers_and_visitors_are_refused(app, given, upload):
    address = upload()

    assert app.test_client().get(address).status_code == 401
    assert given.visitor().get(address).status_code == 403
    assert given.staff(Role.OPERATOR, given.county()).get(address).status_code == 403


def test_nobody_sees_a_photo_before_it_is_screened(given, family, upload):
    address = upload(is_screened=False)

    for client in (given.resident(family), given.staff(Role.REVIEWER, family.village.id)):
        seen = client.get(address)
        assert (seen.status_code, seen.json["code"]) == (409, "photo.not_ready")


def test_the_upload_itself_cannot_be_asked_for(given, family, upload):
    assert given.resident(family).get(upload() + "?size=original").status_code == 422


def test_a_phone_that_has_the_photo_is_not_sent_it_again(app, given, family, upload, monkeypatch):
    address, client = upload(), given.resident(family)
    first = client.get(address)
    tag = first.headers["ETag"]
    store = app.extensions["clients"].photos()
    monkeypatch.setattr(store, "open", lambda key: pytest.fail("the store was asked"))

    again = client.get(address, headers={"If-None-Match": tag})

    assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", tag)
    assert again.headers["Cache-Control"] == "private, max-age=3600, immutable"


def test_each_size_has_a_tag_of_its_own(given, family, upload):
    address, client = upload(), given.resident(family)

    tags = {client.get(address + size).headers["ETag"] for size in ("", "?size=thumb")}

    assert len(tags) == 2


def test_a_tag_opens_nothing_to_strangers(given, family, upload):
    address = upload()
    tag = given.resident(family).get(address).headers["ETag"]
    neighbour = given.resident(given.household(village=family.village))

    assert neighbour.get(address, headers={"If-None-Match": tag}).status_code == 404
