"""The pictures of photos are deleted when their time is over; what was decided stays."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from app import outside
from app.kernel.db import db, transaction
from app.outside.photos import PhotoMissing, StoreAway
from app.outside.photos.s3 import S3Photos
from app.photos import jobs, retention
from app.photos.models import Photo, PhotoContent, Variant
from app.photos.settings import SETTINGS
from app.register.identity.roles import Role
from tests.given import pictures
from tests.given.factories import COUNTY
from tests.given.s3 import new_bucket, s3_server
from tests.given.uploads import upload

PICTURES = {Variant.SHOWN, Variant.THUMB}


@pytest.fixture(scope="module")
def s3():
    with s3_server() as endpoint:
        yield endpoint


@pytest.fixture
def family(given):
    return given.household(village=given.village())


@pytest.fixture
def sent(given, family):
    """Send a photo that is made fit to show; returns its id."""

    def run(n: int = 0) -> str:
        # A new client each time: a token does not live as long as a photo.
        answer = upload(given.resident(family), "/api/v1/self-checks", pictures.photo(n))
        jobs.prepare(str(COUNTY), answer.json["photo_id"])
        return answer.json["photo_id"]

    return run


@pytest.fixture
def now(app):
    def read(photo_id) -> Photo:
        with app.app_context():
            return db.session.get(Photo, (COUNTY, photo_id))

    return read


@pytest.fixture
def kept(app, now):
    def names(photo_id) -> set[Variant]:
        found = set()
        with app.app_context():
            for variant in Variant:
                try:
                    outside.photos().open(now(photo_id).key(variant)).close()
                    found.add(variant)
                except PhotoMissing:
                    pass
        return found

    return names


@pytest.fixture
def keep(app):
    def run(photo_id, until) -> None:
        with app.app_context(), transaction():
            found = db.session.get(Photo, (COUNTY, photo_id))
            retention.keep(county_id=COUNTY, photo_ids=[found.id], until=until)

    return run


@pytest.mark.parametrize("kind", ["disk", "s3"])
def test_a_picture_is_deleted_after_a_year_and_its_row_stays(
    request, app, monkeypatch, sent, now, kept, noon, given, family, kind
):
    if kind == "s3":
        store = S3Photos(new_bucket(request.getfixturevalue("s3")))
        monkeypatch.setattr(app.extensions["clients"], "_photos", store)
    photo_id = sent()
    noon.move(days=365)
    jobs.delete_expired()
    assert kept(photo_id) == PICTURES

    noon.move(seconds=1)
    jobs.delete_expired()

    gone = now(photo_id)
    assert kept(photo_id) == set()
    assert (gone.expired_at, gone.files_deleted_at) == (noon(), noon())
    assert gone.brightness is not None
    seen = given.resident(family).get(f"/api/v1/photos/{photo_id}")
    assert (seen.status_code, seen.json["code"]) == (410, "photo.deleted")
    assert seen.json["message"] == "照片已按规定期限删除"
    with app.app_context():
        assert db.session.query(PhotoContent).count() == 1


def test_a_content_that_was_deleted_is_still_known_as_a_repeat(sent, now, noon):
    first = sent(1)
    noon.move(days=400)
    jobs.delete_expired()

    assert str(now(sent(1)).repeats_id) == first


def test_a_county_says_for_how_many_months(given, sent, kept, noon):
    photo_id = sent()
    given.setting(SETTINGS, photo_months=15)
    noon.move(days=457)  # 1 June to 1 September of the next year
    jobs.delete_expired()
    assert kept(photo_id) == PICTURES

    noon.move(seconds=1)
    jobs.delete_expired()

    assert kept(photo_id) == set()


def test_evidence_in_an_open_matter_is_kept_until_it_is_closed(sent, kept, keep, noon):
    photo_id = sent()
    keep(photo_id, noon() + timedelta(days=500))
    noon.move(days=499)
    jobs.delete_expired()
    assert kept(photo_id) == PICTURES

    keep(photo_id, None)
    jobs.delete_expired()

    assert kept(photo_id) == set()


def test_a_matter_that_was_not_renewed_lets_the_picture_go(sent, kept, keep, noon):
    photo_id = sent()
    keep(photo_id, noon() + timedelta(days=500))
    noon.move(days=500)

    jobs.delete_expired()

    assert kept(photo_id) == set()


def test_a_store_that_is_away_delays_and_nobody_sees_the_picture_meanwhile(
    app, sent, now, kept, noon, given, family, monkeypatch
):
    photo_id = sent()
    noon.move(days=366)
    with app.app_context():
        store = outside.photos()

    def away(key):
        raise StoreAway()

    with monkeypatch.context() as broken:
        broken.setattr(store, "delete", away)
        with pytest.raises(StoreAway):
            jobs.delete_expired()
    expired = noon()
    assert (now(photo_id).expired_at, now(photo_id).files_deleted_at) == (expired, None)
    reviewer = given.staff(Role.REVIEWER, family.village.id)
    assert reviewer.get(f"/api/v1/photos/{photo_id}").status_code == 410

    noon.move(days=1)
    jobs.delete_expired()

    assert kept(photo_id) == set()
    assert (now(photo_id).expired_at, now(photo_id).files_deleted_at) == (expired, noon())


def test_more_than_a_batch_is_deleted_in_one_night(app, sent, kept, noon, monkeypatch):
    monkeypatch.setattr(jobs, "EXPIRY_BATCH", 2)
    ids = [sent(n) for n in range(5)]
    noon.move(days=366)

    jobs.delete_expired()

    assert [kept(photo_id) for photo_id in ids] == [set()] * 5


@pytest.mark.race("app.photos.retention.expire")
def test_a_picture_is_not_deleted_under_somebody_who_has_just_said_keep(
    app, committed, sent, now, noon
):
    photo_id = sent()
    noon.move(days=366)
    said, may_commit = threading.Event(), threading.Event()

    def keep_slowly() -> None:
        with app.app_context(), transaction():
            found = db.session.get(Photo, (COUNTY, photo_id))
            retention.keep(
                county_id=COUNTY, photo_ids=[found.id], until=noon() + timedelta(days=30)
            )
            db.session.flush()
            said.set()
            assert may_commit.wait(30)

    with ThreadPoolExecutor(1) as pool:
        keeping = pool.submit(keep_slowly)
        assert said.wait(30)
        jobs.delete_expired()
        may_commit.set()
        keeping.result()
    jobs.delete_expired()

    assert now(photo_id).expired_at is None
