"""The pictures of photos are deleted when their time is over; what was decided stays."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import false, select

from app import outside
from app.kernel.db import db, transaction
from app.outside.photos import PhotoMissing, StoreAway
from app.outside.photos.s3 import S3Photos
from app.photos import expiring, jobs, matters
from app.photos.fingerprints import jobs as fingerprints
from app.photos.fingerprints.models import PhotoMeasures
from app.photos.models import Photo, PhotoContent, Variant
from app.photos.settings import SETTINGS
from app.register.households.models import Household
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


def test_nothing_of_a_household_goes_while_a_matter_of_it_is_open(
    given, sent, kept, noon, monkeypatch
):
    open_ones = select(Household.county_id, Household.id)
    monkeypatch.setitem(matters._OPEN, "given", open_ones)
    photo_id = sent()
    noon.move(days=500)
    jobs.delete_expired()
    assert kept(photo_id) == PICTURES

    monkeypatch.setitem(matters._OPEN, "given", open_ones.where(false()))
    jobs.delete_expired()

    assert kept(photo_id) == set()


def test_what_it_is_recognised_by_goes_no_sooner(app, sent, noon, monkeypatch):
    sent()
    monkeypatch.setitem(matters._OPEN, "given", select(Household.county_id, Household.id))
    noon.move(days=500)
    fingerprints.forget_old()
    with app.app_context():
        assert db.session.query(PhotoMeasures).count() == 1

    monkeypatch.delitem(matters._OPEN, "given")
    fingerprints.forget_old()

    with app.app_context():
        assert db.session.query(PhotoMeasures).count() == 0


def test_two_matters_of_one_name_stop_the_start():
    with pytest.raises(matters.TwoOfOneMatter, match="reversals"):
        matters.open_matter("reversals", select(Household.county_id, Household.id))


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


@pytest.mark.race("app.photos.expiring.expire")
def test_two_sweeps_at_once_take_different_pictures(app, committed, sent, noon):
    photo_id = sent()
    noon.move(days=366)
    taken, may_commit = threading.Event(), threading.Event()

    def take_slowly() -> list:
        with app.app_context(), transaction():
            found = expiring.expire(at=noon(), limit=10)
            taken.set()
            assert may_commit.wait(30)
            return found

    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(take_slowly)
        assert taken.wait(30)
        with app.app_context(), transaction():
            second = expiring.expire(at=noon(), limit=10)
        may_commit.set()

    assert [str(found) for _, found in first.result()] == [photo_id]
    assert second == []
