"""The same photo again is found, whatever was done to it; other photos are left alone."""

import importlib.util
import random
import sys
from collections import Counter
from uuid import UUID

import pytest
from sqlalchemy import text

from app.kernel.db import db, transaction
from app.kernel.ids import uuid7
from app.photos.fingerprints import queries, service
from app.photos.fingerprints.jobs import forget_old
from app.photos.fingerprints.models import Fingerprint, FingerprintMark
from app.photos.models import Photo, PhotoState
from app.photos.screening import Decoded, Measures, marks, parent
from tests.app.photos import likenesses
from tests.given import pictures
from tests.given.factories import COUNTY

CAUGHT_MIN = 0.95
FALSE_MAX = 0.01


@pytest.fixture(scope="module")
def marked():
    """What the decoder would answer, measured by its own functions without a process for each."""
    sys.path.append(str(parent.DECODER.parent))
    spec = importlib.util.spec_from_file_location("decoder", parent.DECODER)
    decoder = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(decoder)

    def measure(image):
        shown = decoder._upright(image.copy(), 1, is_cut=False)
        thumb = shown.copy()
        thumb.thumbnail((320, 320))
        return parent._marked(decoder._measured(shown, thumb))

    yield measure
    sys.path.remove(str(parent.DECODER.parent))


@pytest.fixture
def remember(app, noon, marked):
    """Put a picture into the store as a screened photo's; returns the photo's id."""

    household_id, group_id = uuid7(noon()), uuid7(noon())

    def run(image, *, household_id: UUID = household_id, group_id: UUID = group_id) -> UUID:
        photo = Photo(
            county_id=COUNTY,
            id=uuid7(noon()),
            household_id=household_id,
            group_id=group_id,
            received_at=noon(),
            state=PhotoState.READY,
        )
        with app.app_context(), transaction():
            service.keep(photo, _decoded(marked(image)))
        return photo.id

    return run


def _decoded(marked) -> Decoded:
    measures = Measures("JPEG", 1, 1, False, None, None, None, 100, 0)
    return Decoded(b"", b"", 1, 1, 0, measures, marked)


@pytest.fixture
def found(app):
    """The photo that a photo of the store repeats."""

    def run(photo_id: UUID):
        with app.app_context():
            return queries.near_repeat(county_id=COUNTY, photo_id=photo_id)

    return run


@pytest.fixture
def forgotten(app):
    def run(photo_id: UUID) -> None:
        with app.app_context(), transaction():
            db.session.delete(db.session.get(Fingerprint, (COUNTY, photo_id)))
            db.session.execute(db.delete(FingerprintMark).filter_by(photo_id=photo_id))

    return run


@pytest.mark.timeout(600)
def test_altered_photos_are_found_and_others_are_not(app, committed, remember, found, forgotten):
    """Committed for real, or each look-up would pass the rows of all that were forgotten."""
    chance = random.Random(1)
    photos = likenesses.originals()
    store = [remember(photo) for photo in photos]
    with app.app_context(), transaction():
        db.session.execute(text("ANALYZE fingerprints, fingerprint_marks"))
    caught, sent, wrong, alike_wrong, alike = Counter(), Counter(), 0, 0, 0

    for number, photo in enumerate(photos):
        for how, again in likenesses.altered(photo, chance):
            new = remember(again)
            repeat = found(new)
            sent[how] += 1
            caught[how] += repeat is not None and repeat.photo_id == store[number]
            wrong += repeat is not None and repeat.photo_id != store[number]
            forgotten(new)
        for _ in range(2):
            other = photos[(number + chance.randrange(1, len(photos))) % len(photos)]
            new = remember(likenesses.same_bin(photo, other, chance))
            alike += 1
            alike_wrong += found(new) is not None
            forgotten(new)

    # Each original against all others: none is another's repeat.
    alone = sum(found(photo_id) is not None for photo_id in store)
    for how, many in sent.items():
        say(f"{how:<40}{caught[how]:>4} of {many}")
    total, right = sum(sent.values()), sum(caught.values())
    say(f"altered photos found: {right} of {total}, {right / total:.1%}")
    say(f"altered photos taken for another of {len(store)}: {wrong} of {total}")
    say(f"same surroundings, other waste, taken for a repeat: {alike_wrong} of {alike}")
    say(f"different photos taken for a repeat of one of {len(store)}: {alone} of {len(store)}")
    pairs = len(store) * (len(store) - 1) // 2
    say(f"pairs of different photos: at most {alone} of {pairs}")
    assert right / total >= CAUGHT_MIN
    assert wrong / total < FALSE_MAX
    assert alike_wrong / alike < FALSE_MAX
    assert alone / len(store) < FALSE_MAX


def say(line: str) -> None:
    sys.stdout.write(line + "\n")


def test_the_parent_knows_the_sizes_of_what_the_decoder_makes():
    assert marks.POINT.itemsize == parent.POINT_BYTES
    assert marks.MARKS_MAX == parent.POINTS_MAX
    assert marks.PICTURE_SIDE**2 == parent.PICTURE_BYTES
    assert marks.FRAME_SIDE == parent.FRAME_SIDE_MAX


def test_a_repeat_says_whose_and_when_it_was_and_how_alike(remember, found, noon):
    first = remember(pictures.picture(0), household_id=(whose := uuid7(noon())))
    received_at = noon()
    noon.move(days=90)

    repeat = found(remember(likenesses.saved(pictures.picture(0), 60)))

    assert (repeat.photo_id, repeat.household_id) == (first, whose)
    assert repeat.received_at == received_at
    assert 0.95 < repeat.likeness <= 1


def test_a_photo_of_which_nothing_is_remembered_repeats_none(found, noon):
    assert found(uuid7(noon())) is None


def test_photos_of_another_county_are_not_compared(committed, remember, found, by_hand):
    remember(pictures.picture(0))
    for table in ("fingerprints", "fingerprint_marks"):
        by_hand(f"UPDATE {table} SET county_id = county_id + 1")

    assert found(remember(pictures.picture(0))) is None


def test_the_look_up_reads_the_index_alone(app, remember):
    photo_id = remember(pictures.picture(0))
    with app.app_context(), transaction():
        # As many marks as make PostgreSQL choose: of a thousand photos, and of none of ours.
        db.session.execute(
            text("""
                INSERT INTO fingerprint_marks
                SELECT :county, hashint8(n), md5((n / 48)::text)::uuid
                  FROM generate_series(1, 48000) n ON CONFLICT DO NOTHING
            """),
            {"county": COUNTY},
        )
        db.session.execute(text("ANALYZE fingerprint_marks"))
        new = db.session.get(Fingerprint, (COUNTY, photo_id))
        query = queries._sharing(new, queries._impression(new))
        sql = query.compile(db.engine, compile_kwargs={"literal_binds": True})
        plan = "\n".join(db.session.scalars(text(f"EXPLAIN {sql}".replace(":", "\\:"))))

    assert "pk_fingerprint_marks" in plan
    assert "Seq Scan" not in plan


def test_what_is_older_than_it_is_remembered_is_forgotten(app, remember, noon):
    old = remember(pictures.picture(0))
    noon.move(days=service.REMEMBERED.days)
    young = remember(pictures.picture(1))
    noon.move(seconds=1)

    forget_old()

    with app.app_context():
        assert queries.measures(county_id=COUNTY, photo_id=old) is None
        for table in (Fingerprint, FingerprintMark):
            assert set(db.session.scalars(db.select(table.photo_id))) == {young}
