"""Decoding in a bounded process: what comes out, what is refused, what a crash does."""

import json
import resource
import subprocess
import sys
from io import BytesIO

import pytest
from PIL import Image

from app.photos.screening import Decoded, DecoderFailed, Refused, decode, parent
from tests.given import pictures


@pytest.fixture
def screened(tmp_path):
    def run(content: bytes) -> Decoded | Refused:
        path = tmp_path / "upload"
        path.write_bytes(content)
        with path.open("rb") as file:
            return decode(file)

    return run


@pytest.fixture
def decoder(monkeypatch, tmp_path):
    """Put another program in the decoder's place."""

    def replace(script: str) -> None:
        path = tmp_path / "decoder.py"
        path.write_text(script)
        monkeypatch.setattr(parent, "DECODER", path)

    return replace


def opened(jpeg: bytes) -> Image.Image:
    return Image.open(BytesIO(jpeg))


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_a_photo_comes_back_small_and_as_jpeg(screened, form):
    large = pictures.picture().resize((3200, 2400))

    found = screened(pictures.encoded(large, form))

    assert (opened(found.shown).format, opened(found.shown).size) == ("JPEG", (1600, 1200))
    assert (opened(found.thumb).format, opened(found.thumb).size) == ("JPEG", (320, 240))
    assert (found.width, found.height) == (1600, 1200)


def test_a_small_photo_is_not_made_larger(screened):
    found = screened(pictures.photo())

    assert opened(found.shown).size == (800, 600)


def test_nothing_that_the_phone_wrote_into_the_photo_is_shown(screened):
    upload = pictures.with_exif()
    assert b"SECRET" in upload

    found = screened(upload)

    for shown in (found.shown, found.thumb):
        assert b"SECRET" not in shown
        assert dict(opened(shown).getexif()) == {}
        assert set(opened(shown).info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


def test_a_photo_taken_upright_is_shown_upright(screened):
    found = screened(pictures.with_exif(orientation=6))

    assert opened(found.shown).size == (600, 800)
    straight = pictures.picture().rotate(-90, expand=True).resize((3, 4))
    shown = opened(found.shown).resize((3, 4))
    difference = max(abs(a - b) for a, b in zip(straight.tobytes(), shown.tobytes(), strict=True))
    assert difference < 16


def test_transparent_places_are_shown_white(screened):
    clear = Image.new("RGBA", (100, 100), (0, 0, 0, 0))

    found = screened(pictures.encoded(clear, "PNG"))

    assert opened(found.shown).getpixel((50, 50)) == (255, 255, 255)
    assert found.brightness == 255


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (pictures.bomb_png(), Refused.TOO_MANY_PIXELS),
        (pictures.truncated(), Refused.DAMAGED),
        (b"\xff\xd8\xff" + bytes(1000), Refused.NOT_AN_IMAGE),
        (b"\x89PNG\r\n\x1a\n" + pictures.HTML, Refused.NOT_AN_IMAGE),
        (b"RIFF\0\0\0\0WEBP" + bytes(100), Refused.NOT_AN_IMAGE),
        (b"", Refused.NOT_AN_IMAGE),
        (pictures.SVG, Refused.NOT_AN_IMAGE),
        (pictures.PDF, Refused.NOT_AN_IMAGE),
        (pictures.gif(), Refused.NOT_AN_IMAGE),
    ],
    ids=["bomb", "truncated", "jpeg", "png", "webp", "empty", "svg", "pdf", "gif"],
)
def test_a_file_that_is_no_photo_is_refused(screened, content, reason):
    assert screened(content) is reason


def test_a_polyglot_loses_its_other_half(screened):
    found = screened(pictures.polyglot())

    assert opened(found.shown).size == (800, 600)
    assert pictures.SCRIPT not in found.shown + found.thumb


def test_the_worker_does_not_grow_under_hostile_images(screened):
    screened(pictures.photo())
    hostile = [pictures.bomb_png(), pictures.encoded(Image.new("L", (6300, 6300)), "PNG")]
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    for content in hostile * 3:
        screened(content)

    grown_kilobytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown_kilobytes < 8_000


def test_the_decoder_gives_up_memory_and_files_before_it_reads():
    script = f"""
import errno, importlib.util, os, resource, tempfile
spec = importlib.util.spec_from_file_location("decoder", {str(parent.DECODER)!r})
decoder = importlib.util.module_from_spec(spec); spec.loader.exec_module(decoder)
decoder._give_up_rights()
try:
    bytearray(decoder.MEMORY_BYTES_MAX)
except MemoryError:
    print("no memory")
try:
    with tempfile.TemporaryFile() as file:
        file.write(bytes(decoder.OUTPUT_BYTES_MAX + 1)); file.flush()
except OSError as error:
    print(errno.errorcode[error.errno])
print(resource.getrlimit(resource.RLIMIT_CPU), resource.getrlimit(resource.RLIMIT_NPROC))
"""
    ended = subprocess.run(
        [sys.executable, "-I", "-c", script], capture_output=True, text=True, check=True
    )

    assert ended.stdout.splitlines() == ["no memory", "EFBIG", "(10, 10) (0, 0)"]


def test_the_decoder_is_told_no_secrets(screened, decoder, monkeypatch, tmp_path):
    monkeypatch.setenv("SECRET_KEY", "do not tell")
    told = tmp_path / "told.json"
    decoder(
        "import json, os, pathlib\n"
        f"pathlib.Path({str(told)!r}).write_text(json.dumps(dict(os.environ)))\n"
        'print(\'{"refused": "damaged"}\')'
    )

    assert screened(pictures.photo()) is Refused.DAMAGED
    assert "do not tell" not in told.read_text()
    assert set(json.loads(told.read_text())) <= {
        "OPENBLAS_NUM_THREADS",
        "PYTHONDONTWRITEBYTECODE",
        "LC_CTYPE",  # Python sets it for itself
    }


@pytest.mark.parametrize(
    "script",
    [
        "import os; os.kill(os.getpid(), 9)",
        "raise SystemExit(1)",
        "print('nonsense')",
        "print('[]')",
        'print(\'{"refused": "because"}\')',
        'print(\'{"lengths": [3, 3], "width": 1, "height": 1}\\nabcdef\')',
        "print('{\"lengths\": [1000000, 3]}')",
    ],
)
def test_a_decoder_that_dies_or_lies_is_no_verdict(screened, decoder, script):
    decoder(script)

    with pytest.raises(DecoderFailed):
        screened(pictures.photo())


def test_a_decoder_that_hangs_is_ended(decoder, tmp_path):
    decoder("import time\ntime.sleep(60)")
    path = tmp_path / "upload"
    path.write_bytes(pictures.photo())

    with path.open("rb") as file, pytest.raises(DecoderFailed):
        decode(file, timeout_seconds=0.3)
