"""What an upload tells before its metadata are thrown away, and how sharp and flat it is."""

from datetime import UTC, datetime
from io import BytesIO

import pytest
from PIL import Image, ImageFilter, ImageStat

from app.photos.screening import decode
from app.photos.screening.facts import SIDE_MAX, flat_percent, sharpness
from app.sorting.self_checks.screening import BLURRED_BELOW, DARK_BELOW
from tests.given import pictures


@pytest.fixture
def measured(tmp_path):
    def run(content: bytes):
        path = tmp_path / "upload"
        path.write_bytes(content)
        with path.open("rb") as file:
            return decode(file).measures

    return run


def test_a_cameras_words_are_kept_as_an_instant_and_a_coarse_place(measured):
    found = measured(pictures.by_camera("2026:05:30 08:15:00", (30.746813, 120.751234)))

    assert found.has_camera is True
    assert found.taken_at == datetime(2026, 5, 30, 0, 15, tzinfo=UTC)
    assert (found.latitude, found.longitude) == (30.745, 120.755)  # GCJ-02


def test_a_photo_without_metadata_tells_nothing(measured):
    found = measured(pictures.photo())

    assert (found.has_camera, found.taken_at, found.latitude, found.longitude) == (
        False,
        None,
        None,
        None,
    )
    assert (found.form, found.upload_width, found.upload_height) == ("JPEG", 800, 600)


@pytest.mark.parametrize("taken_at", ["yesterday", "2026:99:99 08:00:00", "0000:00:00 00:00:00"])
def test_an_instant_that_is_none_is_not_believed(measured, taken_at):
    assert measured(pictures.by_camera(taken_at)).taken_at is None


@pytest.mark.parametrize("place", [(0.0, 0.0), (95.0, 120.0), (30.0, 200.0)])
def test_a_place_that_is_none_is_not_believed(measured, place):
    found = measured(pictures.by_camera(place=place))

    assert (found.latitude, found.longitude) == (None, None)


def test_metadata_that_are_broken_do_not_spoil_the_photo(measured):
    content = pictures.by_camera("2026:05:30 08:15:00")
    at = content.index(b"Exif\0\0")
    broken = content[: at + 14] + b"\xff" * 12 + content[at + 26 :]

    assert measured(broken).taken_at is None


def test_blurred_photos_are_told_from_sharp_ones():
    photos = [photo for photo in pictures.originals() if max(photo.size) >= 500]
    clear = [sharpness(_grey(photo)) for photo in photos]
    blurred = [
        sharpness(_grey(photo.filter(ImageFilter.GaussianBlur(max(photo.size) / 150))))
        for photo in photos
    ]

    caught = sum(number < BLURRED_BELOW for number in blurred)
    wrong = sum(number < BLURRED_BELOW for number in clear)
    assert caught / len(photos) >= 0.95, (caught, len(photos))
    assert wrong <= 1 + len(photos) // 50, (wrong, len(photos))


def test_a_picture_without_anything_is_flat_and_not_sharp():
    nothing = Image.new("L", (640, 480), 128)

    assert (flat_percent(nothing), sharpness(nothing)) == (100, 0)
    assert (flat_percent(Image.new("L", (1, 1))), sharpness(Image.new("L", (1, 1)))) == (0, 0)


def _grey(photo: Image.Image) -> Image.Image:
    grey = photo.convert("L")
    grey.thumbnail((640, 640), Image.Resampling.BOX)
    return grey


def test_a_screenshot_is_larger_than_what_is_shown_of_it(measured):
    found = measured(pictures.screenshot())

    assert (found.form, found.upload_width, found.upload_height) == ("PNG", 1080, 2340)
    assert found.flat_percent >= 40


def test_nothing_is_wrong_with_the_photos_that_tests_send():
    """Which of them a test sends depends on those before it; so must no finding."""
    for n in range(72):
        with Image.open(BytesIO(pictures.photo(n))) as shown:
            grey = shown.convert("L")
        assert ImageStat.Stat(grey).mean[0] > DARK_BELOW + 10, n
        grey.thumbnail((SIDE_MAX, SIDE_MAX), Image.Resampling.BOX)
        assert sharpness(grey) >= BLURRED_BELOW, n
