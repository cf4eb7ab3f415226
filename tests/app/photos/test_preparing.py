"""From an upload to something that may be shown, whatever dies on the way."""

import os
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from io import BytesIO

import pytest

from app import outside
from app.kernel import jobs as kernel_jobs
from app.kernel.db import db, transaction
from app.outside.photos import DiskPhotos, PhotoMissing, StoreAway
from app.photos import jobs, service
from app.photos.errors import NotAPhoto, PhotoEmpty, PhotoTooLarge
from app.photos.models import Photo, PhotoContent, PhotoFault, PhotoState, Variant, file_key
from app.photos.screening import DecoderFailed, Refused, parent
from tests.given import pictures
from tests.given.factories import COUNTY


@pytest.fixture
def receive(app, given, noon):
    family, user_id = given.household(), given.user()

    def run(content: bytes) -> Photo:
        with app.app_context(), transaction():
            return service.receive(
                service.store(content=BytesIO(content), at=noon()),
                county_id=COUNTY,
                household_id=family.id,
                group_id=family.village.group_id,
                uploaded_by=user_id,
                at=noon(),
            )

    return run


@pytest.fixture
def photo_now(app):
    def read(photo: Photo) -> Photo:
        with app.app_context():
            return db.session.get(Photo, (COUNTY, photo.id))

    return read


@pytest.fixture
def kept(app):
    """The files of a photo that the store keeps."""

    def names(photo: Photo) -> set[Variant]:
        found = set()
        with app.app_context():
            for variant in Variant:
                try:
                    outside.photos().open(photo.key(variant)).close()
                    found.add(variant)
                except PhotoMissing:
                    pass
        return found

    return names


@pytest.fixture
def queued(app):
    """What the queue holds: function names with their arguments."""

    def read() -> list[tuple[str, tuple]]:
        with app.app_context():
            return [(job.func_name, tuple(job.args)) for job in kernel_jobs.queue().jobs]

    return read


@pytest.fixture
def dying_decoder(monkeypatch, tmp_path):
    """A decoder that is killed each time until ``recover`` is called."""
    script = tmp_path / "killed.py"
    script.write_text("import os; os.kill(os.getpid(), 9)")
    real = parent.DECODER
    monkeypatch.setattr(parent, "DECODER", script)
    return lambda: monkeypatch.setattr(parent, "DECODER", real)


def prepare(photo: Photo) -> None:
    jobs.prepare(str(COUNTY), str(photo.id))


def test_an_upload_is_kept_as_it_came_until_it_is_screened(receive, kept):
    photo = receive(pictures.photo())

    assert photo.state is PhotoState.RECEIVED
    assert photo.upload_bytes == len(pictures.photo())
    assert kept(photo) == {Variant.ORIGINAL}


def test_a_screened_photo_is_kept_without_its_upload(receive, photo_now, kept, noon):
    photo = receive(pictures.with_exif())
    noon.move(seconds=2)

    prepare(photo)

    ready = photo_now(photo)
    assert (ready.state, ready.width, ready.height) == (PhotoState.READY, 800, 600)
    assert (ready.screened_at, ready.original_deleted_at) == (noon(), noon())
    assert ready.attempts == 1
    assert kept(photo) == {Variant.SHOWN, Variant.THUMB}


def test_preparing_twice_changes_nothing(receive, photo_now, kept, noon):
    photo = receive(pictures.photo())
    prepare(photo)
    noon.move(minutes=1)

    prepare(photo)

    assert photo_now(photo).attempts == 1
    assert photo_now(photo).screened_at == noon.move(minutes=-1)
    assert kept(photo) == {Variant.SHOWN, Variant.THUMB}


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (pictures.bomb_png(), PhotoFault.TOO_MANY_PIXELS),
        (pictures.truncated(), PhotoFault.DAMAGED),
        (b"\xff\xd8\xff" + bytes(1000), PhotoFault.NOT_AN_IMAGE),
    ],
)
def test_what_cannot_be_decoded_is_rejected_and_forgotten(receive, photo_now, kept, content, fault):
    photo = receive(content)

    prepare(photo)

    assert (photo_now(photo).state, photo_now(photo).fault) == (PhotoState.REJECTED, fault)
    assert kept(photo) == set()


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        (b"", PhotoEmpty),
        (b"\xff\xd8\xff" + bytes(10 << 20), PhotoTooLarge),
        (pictures.SVG, NotAPhoto),
        (pictures.PDF, NotAPhoto),
        (pictures.HTML, NotAPhoto),
        (pictures.gif(), NotAPhoto),
        (b"GIF89a" + pictures.photo(), NotAPhoto),
        (b"\xff\xd8", NotAPhoto),
    ],
    ids=["empty", "large", "svg", "pdf", "html", "gif", "gif-polyglot", "two-bytes"],
)
def test_what_is_plainly_no_photo_is_refused_at_once(app, receive, content, refusal):
    with pytest.raises(refusal):
        receive(content)

    with app.app_context():
        assert db.session.query(Photo).count() == 0
        assert db.session.query(PhotoContent).count() == 0


def test_a_photo_of_exactly_ten_megabytes_is_taken(receive):
    content = pictures.photo()
    padded = content + bytes((10 << 20) - len(content))

    assert receive(padded).upload_bytes == 10 << 20


def test_the_same_content_again_names_the_first_photo(receive):
    first, second, third = (receive(pictures.photo(n)) for n in (0, 0, 1))

    assert (first.repeats_id, second.repeats_id, third.repeats_id) == (None, first.id, None)


def test_a_killed_decoder_leaves_the_photo_for_the_sweep(
    receive, photo_now, kept, queued, noon, dying_decoder
):
    photo = receive(pictures.photo())
    with pytest.raises(DecoderFailed):
        prepare(photo)
    assert photo_now(photo).state is PhotoState.RECEIVED
    assert kept(photo) == {Variant.ORIGINAL}
    dying_decoder()

    noon.move(minutes=11)
    jobs.prepare_left_behind()

    assert queued() == [("app.photos.jobs.prepare", (str(COUNTY), str(photo.id)))]
    prepare(photo)
    assert photo_now(photo).state is PhotoState.READY


def test_a_photo_that_kills_the_decoder_three_times_is_given_up(
    receive, photo_now, kept, dying_decoder
):
    photo = receive(pictures.photo())
    for _ in range(3):
        with pytest.raises(DecoderFailed):
            prepare(photo)

    prepare(photo)

    assert photo_now(photo).fault is PhotoFault.UNDECODABLE
    assert kept(photo) == set()


def test_a_store_that_takes_nothing_delays_and_rejects_no_photo(
    app, receive, photo_now, monkeypatch, tmp_path
):
    monkeypatch.setattr(app.extensions["clients"], "_photos", DiskPhotos(tmp_path))
    (tmp_path / "shown").write_text("no folder can be made here")
    photo = receive(pictures.photo())

    for _ in range(service.ATTEMPTS_MAX + 1):
        with pytest.raises(StoreAway):
            prepare(photo)

    assert (photo_now(photo).state, photo_now(photo).attempts) == (PhotoState.RECEIVED, 0)
    (tmp_path / "shown").unlink()
    prepare(photo)
    assert photo_now(photo).state is PhotoState.READY


def test_the_sweep_leaves_young_and_finished_photos_alone(receive, queued, noon):
    finished = receive(pictures.photo(0))
    prepare(finished)
    noon.move(minutes=10)
    receive(pictures.photo(1))

    jobs.prepare_left_behind()

    assert queued() == []


def test_an_upload_whose_deletion_was_lost_is_deleted_by_the_sweep(
    app, receive, photo_now, kept, queued, noon
):
    photo = receive(pictures.photo())
    with app.app_context(), transaction():
        service.record_screening(
            county_id=COUNTY,
            photo_id=photo.id,
            outcome=Refused.DAMAGED,
            is_checked=False,
            at=noon(),
        )
    assert kept(photo) == {Variant.ORIGINAL}

    noon.move(minutes=11)
    jobs.prepare_left_behind()
    prepare(photo)

    assert queued() == [("app.photos.jobs.prepare", (str(COUNTY), str(photo.id)))]
    assert kept(photo) == set()
    assert photo_now(photo).original_deleted_at == noon()


def test_an_upload_that_no_row_follows_is_deleted_after_a_day(app, receive, kept, noon):
    """Files carry the disk's own time, so this test runs by the real clock."""
    photo = receive(pictures.photo(0))
    with app.app_context():
        orphan = service.store(content=BytesIO(pictures.photo(1)), at=noon())

    noon.at = datetime.now(UTC)
    jobs.delete_orphans()
    assert left(app, orphan)
    noon.move(days=1, minutes=1)
    jobs.delete_orphans()

    assert not left(app, orphan)
    assert kept(photo) == {Variant.ORIGINAL}


def left(app, upload: service.Upload) -> bool:
    with app.app_context():
        try:
            outside.photos().open(file_key(upload.photo_id, Variant.ORIGINAL)).close()
        except PhotoMissing:
            return False
        return True


@pytest.mark.race("app.photos.service.locked_photo")
def test_many_workers_at_once_try_a_photo_three_times_and_no_more(app, committed, receive, noon):
    photo = receive(pictures.photo())

    def begin(_):
        with app.app_context(), transaction():
            begun = service.begin_screening(county_id=COUNTY, photo_id=photo.id, at=noon())
            return begun is not None

    with ThreadPoolExecutor(16) as pool:
        assert sum(pool.map(begin, range(16))) == 3


def test_of_one_content_sent_by_many_at_once_one_photo_is_the_first(app, committed, receive):
    content = pictures.photo(os.getpid())

    with ThreadPoolExecutor(8) as pool:
        photos = list(pool.map(lambda _: receive(content), range(8)))

    first = [photo for photo in photos if photo.repeats_id is None]
    assert len(first) == 1
    assert {photo.repeats_id for photo in photos} == {None, first[0].id}
