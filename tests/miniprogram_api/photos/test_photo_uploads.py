"""A phone posts its photo straight into the store, then names it; for both stores."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from io import BytesIO
from uuid import UUID, uuid4

import pytest
import requests
from werkzeug.datastructures import FileStorage
from werkzeug.test import stream_encode_multipart

from app import outside
from app.kernel.db import db, transaction
from app.outside.photos import PhotoMissing, StoreAway
from app.outside.photos.s3 import S3Photos
from app.photos import jobs as photo_jobs
from app.photos import uploads
from app.photos.models import Photo, PhotoUpload, Variant, file_key
from app.sorting.self_checks import jobs
from tests.given import pictures
from tests.given.factories import COUNTY
from tests.given.s3 import new_bucket, s3_server
from tests.given.uploads import upload as send_file

UPLOADS = "/api/v1/photos/uploads"


@pytest.fixture(scope="module")
def s3():
    with s3_server() as endpoint:
        yield endpoint


@pytest.fixture(params=["disk", "s3"], autouse=True)
def store(request, app, monkeypatch):
    """Each test runs with both stores."""
    if request.param == "s3":
        found = S3Photos(new_bucket(request.getfixturevalue("s3")))
        monkeypatch.setattr(app.extensions["clients"], "_photos", found)
    return request.param


@pytest.fixture
def family(given):
    return given.household(village=given.village())


@pytest.fixture
def resident(given, family):
    return given.resident(family)


def offered(client, content_type="image/jpeg"):
    answer = client.post(UPLOADS, json={"content_type": content_type})
    assert answer.status_code == 201, answer.json
    return answer.json


@pytest.fixture
def post(app):
    """Post a file with a form, as a phone would: to the store itself, without a token."""

    def run(form, content: bytes, **altered) -> int:
        fields = form["fields"] | altered
        if form["url"].startswith("http://fen.test"):
            parts = fields | {"file": FileStorage(BytesIO(content), filename="p.jpg")}
            stream, length, boundary = stream_encode_multipart(parts, use_tempfile=False)
            return (
                app.test_client()
                .post(
                    form["url"].removeprefix("http://fen.test"),
                    data=stream.read(length),
                    content_type=f"multipart/form-data; boundary={boundary}",
                )
                .status_code
            )
        files = {"file": content}
        return requests.post(form["url"], data=fields, files=files, timeout=10).status_code

    return run


def submit(client, upload_id, *, key=None):
    return client.post(
        "/api/v1/self-checks",
        data={"upload_id": upload_id},
        headers={"Idempotency-Key": key or uuid4().hex},
    )


@pytest.fixture
def rows(app):
    def count() -> int:
        with app.app_context():
            return db.session.query(Photo).count()

    return count


@pytest.fixture
def is_kept(app):
    def look(photo_id, variant) -> bool:
        with app.app_context():
            try:
                outside.photos().open(file_key(UUID(str(photo_id)), variant)).close()
            except PhotoMissing:
                return False
            return True

    return look


def test_a_photo_posted_to_the_store_becomes_a_self_check(resident, post, is_kept, app):
    offer = offered(resident)
    assert post(offer["form"], pictures.photo(1)) == 204

    sent = submit(resident, offer["id"])

    assert sent.status_code == 201, sent.json
    assert sent.json["state"] == "screening"
    assert not is_kept(offer["id"], Variant.POSTED)
    assert is_kept(sent.json["photo_id"], Variant.ORIGINAL)
    jobs.screen(str(COUNTY), sent.json["id"])
    mine = resident.get(f"/api/v1/self-checks/{sent.json['id']}").json
    assert mine["state"] == "waiting"
    with app.app_context():
        assert db.session.query(Photo).one().upload_bytes == len(pictures.photo(1))


def test_a_liaison_may_post_the_photo_of_a_check(given, post):
    village = given.village()
    given.budget(village, 1_000)
    home = given.household(village=village, is_party=True)
    family = given.household(village=village, liaison=home)
    liaison = given.resident(home)
    offer = offered(liaison)
    post(offer["form"], pictures.photo(2))

    sent = liaison.post(
        "/api/v1/checks",
        data={"household_id": str(family.id), "grade": "a", "upload_id": offer["id"]},
        headers={"Idempotency-Key": uuid4().hex},
    )

    assert sent.status_code == 201, sent.json


def test_a_request_that_is_repeated_is_answered_as_before(resident, post, rows):
    offer, key = offered(resident), uuid4().hex
    post(offer["form"], pictures.photo(3))

    first, again = submit(resident, offer["id"], key=key), submit(resident, offer["id"], key=key)

    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json == again.json
    assert rows() == 1


def test_a_key_cannot_name_two_uploads(resident, post, rows):
    one, other, key = offered(resident), offered(resident), uuid4().hex
    for n, offer in enumerate((one, other)):
        post(offer["form"], pictures.photo(n))
    submit(resident, one["id"], key=key)

    assert submit(resident, other["id"], key=key).json["code"] == "idempotency.key_reused"
    assert rows() == 1


def test_an_upload_is_used_once(resident, post, rows):
    offer = offered(resident)
    post(offer["form"], pictures.photo(4))
    submit(resident, offer["id"])

    again = submit(resident, offer["id"])

    assert (again.status_code, again.json["code"]) == (409, "photo.upload_used")
    assert rows() == 1


def test_what_is_posted_after_it_was_looked_at_changes_nothing(resident, post, app, is_kept):
    offer = offered(resident)
    post(offer["form"], pictures.photo(5))
    sent = submit(resident, offer["id"])

    post(offer["form"], pictures.HTML)

    with app.app_context():
        photo = db.session.query(Photo).one()
        with outside.photos().open(photo.key(Variant.ORIGINAL)) as file:
            assert file.read() == pictures.photo(5)
    assert is_kept(sent.json["photo_id"], Variant.ORIGINAL)


def test_somebody_elses_upload_is_not_found(given, family, resident, post, rows, is_kept):
    offer = offered(resident)
    post(offer["form"], pictures.photo(6))
    neighbour = given.resident(given.household(village=family.village))

    found = submit(neighbour, offer["id"])

    assert (found.status_code, found.json["code"]) == (404, "photo.upload_not_found")
    assert rows() == 0
    assert is_kept(offer["id"], Variant.POSTED)


def test_an_upload_that_nothing_was_posted_for_is_not_found(resident, rows):
    found = submit(resident, offered(resident)["id"])

    assert (found.status_code, found.json["code"]) == (404, "photo.upload_not_found")
    assert rows() == 0


def test_an_upload_that_does_not_exist_is_not_found(resident):
    assert submit(resident, str(uuid4())).json["code"] == "photo.upload_not_found"


def test_an_upload_is_too_old_after_half_an_hour(resident, post, noon, rows):
    offer = offered(resident)
    post(offer["form"], pictures.photo(7))
    noon.move(minutes=30)

    late = submit(resident, offer["id"])

    assert (late.status_code, late.json["code"]) == (409, "photo.upload_expired")
    assert rows() == 0


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (pictures.HTML, 415, "photo.not_a_photo"),
        (pictures.SVG, 415, "photo.not_a_photo"),
        (b"", 422, "photo.empty"),
    ],
    ids=["html", "svg", "empty"],
)
def test_what_is_no_photo_is_refused_and_deleted(
    resident, post, rows, is_kept, content, status, code
):
    offer = offered(resident)
    assert post(offer["form"], content) == 204

    refused = submit(resident, offer["id"])

    assert (refused.status_code, refused.json["code"]) == (status, code)
    assert not is_kept(offer["id"], Variant.POSTED)
    assert rows() == 0


def test_a_photo_that_is_too_large_is_refused(resident, post, rows, store):
    """The store refuses it by the form's own terms; one that does not is checked by us."""
    offer = offered(resident)
    large = b"\xff\xd8\xff" + bytes(10 << 20)

    assert post(offer["form"], large) == (413 if store == "disk" else 204)
    refused = submit(resident, offer["id"])

    assert refused.status_code == (404 if store == "disk" else 413)
    assert rows() == 0


def test_both_a_file_and_an_upload_or_neither_is_refused(resident, post, rows):
    offer = offered(resident)
    post(offer["form"], pictures.photo(8))

    both = send_file(resident, "/api/v1/self-checks", pictures.photo(9), upload_id=offer["id"])
    neither = resident.post("/api/v1/self-checks", headers={"Idempotency-Key": uuid4().hex})

    assert (both.status_code, neither.status_code) == (422, 422)
    assert rows() == 0


def test_a_store_that_is_away_loses_nothing(resident, post, app, monkeypatch, rows):
    offer = offered(resident)
    post(offer["form"], pictures.photo(10))
    real = app.extensions["clients"].photos()

    def away(key):
        raise StoreAway()

    with monkeypatch.context() as broken:
        broken.setattr(real, "open", away)
        refused = submit(resident, offer["id"])
    assert (refused.status_code, refused.json["code"]) == (503, "photo.store_away")
    assert rows() == 0

    assert submit(resident, offer["id"]).status_code == 201


def test_uploads_that_nobody_used_are_deleted_after_a_day(resident, post, app, is_kept, noon):
    """Stores carry their own time, so this test runs by the real clock."""
    noon.at = datetime.now(UTC)
    used, fetched, left = (offered(resident) for _ in range(3))
    for n, offer in enumerate((used, fetched, left)):
        post(offer["form"], pictures.photo(20 + n))
    sent = submit(resident, used["id"])
    with app.app_context():
        found = uploads.fetch(upload_id=UUID(fetched["id"]), at=noon())
        with transaction():
            uploads.record_arrival(county_id=COUNTY, upload_id=UUID(fetched["id"]), found=found)

    noon.move(days=1, minutes=1)
    photo_jobs.delete_orphans()

    assert not is_kept(left["id"], Variant.POSTED)
    assert not is_kept(found.photo_id, Variant.ORIGINAL)
    assert is_kept(sent.json["photo_id"], Variant.ORIGINAL)
    with app.app_context():
        assert db.session.query(PhotoUpload).count() == 0


def test_a_user_may_ask_for_sixty_forms_an_hour(resident, app, noon):
    for _ in range(uploads.HOURLY_MAX):
        offered(resident)

    refused = resident.post(UPLOADS, json={"content_type": "image/jpeg"})

    assert (refused.status_code, refused.json["code"]) == (429, "photo.too_many_uploads")
    noon.move(hours=1)
    offered(resident)


def test_only_photos_and_only_residents_are_given_a_form(app, given, resident):
    assert resident.post(UPLOADS, json={"content_type": "text/html"}).status_code == 422
    assert app.test_client().post(UPLOADS, json={"content_type": "image/png"}).status_code == 401
    assert given.visitor().post(UPLOADS, json={"content_type": "image/png"}).status_code == 403


@pytest.mark.parametrize("store", ["disk"], indirect=True)
def test_our_own_form_is_good_for_ten_minutes_one_key_and_its_terms(
    resident, post, noon, store, is_kept
):
    form, other = offered(resident)["form"], offered(resident)["form"]

    for altered in (
        {"key": other["fields"]["key"]},
        {"key": "../../etc/passwd"},
        {"bytes_max": "999999999"},
        {"until": "99999999999"},
        {"until": "soon"},
        {"Content-Type": "text/html"},
        {"signature": "0" * 64},
        {"signature": "签名"},
    ):
        assert post(form, pictures.photo(), **altered) == 403
    noon.move(minutes=10, seconds=1)
    assert post(form, pictures.photo()) == 403


@pytest.mark.parametrize("store", ["s3"], indirect=True)
def test_the_door_of_the_disk_is_closed_when_photos_are_elsewhere(app, store, resident, post):
    path = "/api/v1/photos/files"

    assert app.test_client().get(f"{path}/{'a' * 32}-shown?until=1&signature=1").status_code == 403
    assert app.test_client().post(path, data={"key": "x"}).status_code == 403


@pytest.mark.race("app.photos.uploads._locked")
def test_of_many_who_use_an_upload_at_once_one_does(app, committed, given, post, noon):
    resident = given.resident(given.household(village=given.village()))
    offer = offered(resident)
    post(offer["form"], pictures.photo(11))
    token = resident.environ_base["HTTP_AUTHORIZATION"]

    def use(_) -> int:
        client = app.test_client()
        client.environ_base["HTTP_AUTHORIZATION"] = token
        return submit(client, offer["id"]).status_code

    with ThreadPoolExecutor(8) as pool:
        outcomes = sorted(pool.map(use, range(8)))

    assert outcomes.count(201) == 1
    assert set(outcomes) <= {201, 404, 409}
    with app.app_context():
        assert db.session.query(Photo).count() == 1
