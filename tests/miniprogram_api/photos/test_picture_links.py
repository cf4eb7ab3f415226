"""Beside a photo's id stands a link that an image element loads without a token."""

from io import BytesIO
from uuid import UUID

import pytest
from PIL import Image
from sqlalchemy import event

from app.kernel.db import db, transaction
from app.photos.jobs import prepare
from app.photos.models import Photo, PhotoFault, PhotoState
from app.register.identity.roles import Role
from app.sorting.self_checks import jobs
from tests.given import pictures
from tests.given.factories import COUNTY
from tests.given.http import assert_refused
from tests.given.uploads import upload

HERE = "http://fen.test"


@pytest.fixture
def family(given):
    return given.household(village=given.village())


@pytest.fixture
def resident(given, family):
    return given.resident(family)


@pytest.fixture
def sent(resident):
    """A self-check whose photo can be seen."""
    made = upload(resident, "/api/v1/self-checks", pictures.photo(1)).json
    prepare(str(COUNTY), made["photo_id"])
    return made


@pytest.fixture
def image(app):
    """Load a link as an image element does: without a token."""

    def load(url: str, **headers: str):
        assert url.startswith(f"{HERE}/api/v1/photos/")
        return app.test_client().get(url.removeprefix(HERE), headers=headers)

    return load


def change(app, photo_id, **values):
    with app.app_context(), transaction():
        photo = db.session.get(Photo, (COUNTY, UUID(photo_id)))
        for name, value in values.items():
            setattr(photo, name, value)


def size(seen):
    assert (seen.status_code, seen.mimetype) == (200, "image/jpeg"), seen.json
    return Image.open(BytesIO(seen.data)).size


def test_a_list_of_self_checks_shows_its_photos_without_a_token(resident, sent, image):
    (item,) = resident.get("/api/v1/self-checks").json["items"]

    assert size(image(item["thumb_url"])) == (320, 240)
    assert size(image(item["photo_url"])) == (800, 600)


def test_a_reviewer_is_given_links_with_what_they_judge(given, family, sent, image):
    jobs.screen(str(COUNTY), sent["id"])
    reviewer = given.staff(Role.REVIEWER, family.village.id)

    (item,) = reviewer.post("/api/v1/reviews/next").json["items"]

    assert item["photo_id"] == sent["photo_id"]
    assert size(image(item["photo_url"])) == (800, 600)


def test_a_link_is_kept_as_long_as_it_is_good_and_the_same_for_five_minutes(
    resident, sent, image, noon
):
    first = resident.get("/api/v1/self-checks").json["items"][0]["thumb_url"]
    noon.move(minutes=4, seconds=59)
    again = resident.get("/api/v1/self-checks").json["items"][0]["thumb_url"]
    kept = image(again).headers
    noon.move(seconds=1)
    later = resident.get("/api/v1/self-checks").json["items"][0]["thumb_url"]

    assert again == first
    assert later != first
    assert kept["Cache-Control"] == "private, max-age=601, immutable"
    assert kept["Content-Security-Policy"] == "default-src 'none'; sandbox"


def test_an_image_that_the_phone_has_is_not_sent_again(sent, image):
    first = image(sent["thumb_url"])

    again = image(sent["thumb_url"], **{"If-None-Match": first.headers["ETag"]})

    assert (again.status_code, again.data) == (304, b"")


def test_a_link_ends_after_a_quarter_of_an_hour(sent, image, noon):
    noon.move(minutes=14, seconds=59)
    assert image(sent["thumb_url"]).status_code == 200

    noon.move(seconds=1)

    assert_refused(
        image(sent["thumb_url"]), 403, "photo.bad_signature", "链接不对或者过期了，请重新操作"
    )


@pytest.mark.parametrize(
    ("part", "altered"),
    [
        ("size=thumb", "size=shown"),
        (f"county={COUNTY}", "county=990102"),
        ("until=1", "until=2"),
        ("until=1", "until=+1"),
        ("&signature=", "&signature=0"),
    ],
)
def test_a_link_that_was_altered_opens_nothing(sent, image, part, altered):
    assert part in sent["thumb_url"]

    refused = image(sent["thumb_url"].replace(part, altered))

    assert_refused(refused, 403, "photo.bad_signature")


def test_a_link_opens_no_other_photo(resident, sent, image):
    other = upload(resident, "/api/v1/self-checks", pictures.photo(2)).json
    prepare(str(COUNTY), other["photo_id"])

    swapped = sent["thumb_url"].replace(sent["photo_id"], other["photo_id"])

    assert_refused(image(swapped), 403, "photo.bad_signature")


def test_without_a_signature_nothing_opens(sent, image):
    assert_refused(image(sent["thumb_url"].partition("?")[0]), 403, "photo.bad_signature")


def test_what_was_refused_or_deleted_meanwhile_is_not_shown(app, sent, image, noon):
    tag = image(sent["thumb_url"]).headers["ETag"]
    change(app, sent["photo_id"], state=PhotoState.REJECTED, fault=PhotoFault.CONTENT_REFUSED)
    refused = image(sent["thumb_url"], **{"If-None-Match": tag})
    change(app, sent["photo_id"], state=PhotoState.READY, fault=None, expired_at=noon.at)
    deleted = image(sent["thumb_url"])

    assert_refused(refused, 404, "photo.not_found", "没有找到这张照片")
    assert_refused(deleted, 410, "photo.deleted", "照片已按规定期限删除")


def test_nobody_sees_a_photo_by_its_link_before_it_is_screened(resident, image):
    fresh = upload(resident, "/api/v1/self-checks", pictures.photo(3)).json

    assert_refused(image(fresh["thumb_url"]), 409, "photo.not_ready")


def test_links_of_a_list_cost_no_query(app, resident):
    with app.app_context():
        engine = db.engine

    def queries() -> int:
        asked = []

        def count(*_):
            asked.append(1)

        event.listen(engine, "before_cursor_execute", count)
        resident.get("/api/v1/self-checks")
        event.remove(engine, "before_cursor_execute", count)
        return len(asked)

    upload(resident, "/api/v1/self-checks", pictures.photo(10))
    for_one = queries()
    for n in (11, 12):
        upload(resident, "/api/v1/self-checks", pictures.photo(n))

    assert queries() == for_one > 0


def test_the_log_does_not_hold_the_signature(sent, image, capsys):
    image(sent["thumb_url"])

    said = capsys.readouterr().err
    assert '"endpoint": "photos.picture"' in said
    assert "signature" not in said
