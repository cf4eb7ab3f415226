"""What real phones, editors and broken connections make of a photo: it is shown all the same."""

import random
import struct
import zlib
from datetime import UTC, datetime, timedelta
from io import BytesIO

import numpy as np
import pytest
from PIL import Image, ImageCms, ImageOps, PngImagePlugin

from app.photos.screening import Decoded, Refused, decode
from app.photos.service import READS_AVIF
from tests.given import pictures

FUZZED = 30  # files of one run; each starts a process
TURNED_RIGHT = (0x0112, 3, 1, struct.pack("<H", 6))
EXPOSURE, TAKEN_AT, OFFSET = 0x829A, 0x9003, 0x9011


@pytest.fixture
def screened(tmp_path):
    def run(content: bytes) -> Decoded | Refused:
        path = tmp_path / "upload"
        path.write_bytes(content)
        with path.open("rb") as file:
            return decode(file)

    return run


def size(found: Decoded | Refused) -> tuple[int, int]:
    assert isinstance(found, Decoded), found
    return found.width, found.height


def shown(found: Decoded | Refused) -> Image.Image:
    assert isinstance(found, Decoded), found
    return Image.open(BytesIO(found.shown))


def is_like(found: Decoded | Refused, picture: Image.Image) -> bool:
    """Whether what is shown is this picture, but for what a JPEG loses."""
    seen = shown(found)
    assert seen.size == picture.size
    small = [np.asarray(each.convert("RGB").resize((8, 6)), int) for each in (seen, picture)]
    return int(np.abs(small[0] - small[1]).max()) < 20


def exif_block(*entries: tuple[int, int, int, bytes], below: int = 0, more: bytes = b"") -> bytes:
    """A TIFF block of (tag, type, count, value), each value as it lies in the file.

    With ``below`` all but the first entry stand in the directory to which that tag points.
    """

    def directory(start: int, fields) -> bytes:
        at, table, values = start + 2 + 12 * len(fields) + 4, b"", b""
        for tag, kind, count, value in sorted(fields):
            field = value.ljust(4, b"\0")
            if len(value) > 4:
                field, values = struct.pack("<I", at + len(values)), values + value
            table += struct.pack("<HHI", tag, kind, count) + field
        return struct.pack("<H", len(fields)) + table + struct.pack("<I", 0) + values

    if not below:
        return b"II*\0" + struct.pack("<I", 8) + directory(8, entries) + more
    second = 8 + 2 + 12 + 4
    first = directory(8, [(below, 4, 1, struct.pack("<I", second))])
    return b"II*\0" + struct.pack("<I", 8) + first + directory(second, entries) + more


def segment(marker: int, content: bytes) -> bytes:
    return bytes([0xFF, marker]) + struct.pack(">H", len(content) + 2) + content


def jpeg_with(*segments: bytes, content: bytes | None = None) -> bytes:
    plain = pictures.encoded(pictures.picture()) if content is None else content
    return plain[:2] + b"".join(segments) + plain[2:]


def with_exif(*entries: tuple[int, int, int, bytes], below: int = 0) -> bytes:
    return jpeg_with(segment(0xE1, b"Exif\0\0" + exif_block(*entries, below=below)))


def text(tag: int, value: str, kind: int = 2) -> tuple[int, int, int, bytes]:
    return tag, kind, len(value) + 1, value.encode() + b"\0"


def taken(value: str, offset: str | None = None, kind: int = 2) -> bytes:
    entries = [(EXPOSURE, 5, 1, struct.pack("<II", 1, 50)), text(TAKEN_AT, value, kind)]
    if offset is not None:
        entries.append(text(OFFSET, offset))
    return with_exif(*entries, below=0x8769)


# --- files of several pictures


def test_a_photo_with_a_preview_behind_it_is_shown_as_a_jpeg(screened):
    out = BytesIO()
    preview = pictures.picture(1).resize((320, 240))
    pictures.picture().save(out, "MPO", save_all=True, append_images=[preview])

    found = screened(out.getvalue())

    assert is_like(found, pictures.picture())
    assert found.measures.form == "JPEG"


@pytest.mark.parametrize("form", ["PNG", "WEBP"])
def test_of_an_animation_the_first_picture_is_shown(screened, form):
    out = BytesIO()
    pictures.picture().save(out, form, save_all=True, append_images=[pictures.picture(1)])

    assert is_like(screened(out.getvalue()), pictures.picture())


# --- clocks and places


@pytest.mark.parametrize(
    ("told", "offset", "instant"),
    [
        ("2026:06:01 08:00:00", "+08:00", datetime(2026, 6, 1, 0, 0, tzinfo=UTC)),
        ("2026:06:01 08:00:00", "+8:00", datetime(2026, 6, 1, 0, 0, tzinfo=UTC)),
        ("2026:06:01 08:00:00", "+0530", datetime(2026, 6, 1, 2, 30, tzinfo=UTC)),
        ("2026:06:01 08:00:00", "Z", datetime(2026, 6, 1, 8, 0, tzinfo=UTC)),
        ("2026:06:01 08:00:00", "   :  ", datetime(2026, 6, 1, 0, 0, tzinfo=UTC)),
        ("2026:06:01 08:00:00", "CST", datetime(2026, 6, 1, 0, 0, tzinfo=UTC)),
        ("2026:06:01 08:00:00", "+99:99", datetime(2026, 6, 1, 0, 0, tzinfo=UTC)),
        ("2026:06:01 24:04:20", None, datetime(2026, 5, 31, 16, 4, 20, tzinfo=UTC)),
        ("2026:06:01 08:00:60", None, datetime(2026, 6, 1, 0, 0, 59, tzinfo=UTC)),
        ("2026:06:01 08:00:00.123", None, datetime(2026, 6, 1, 0, 0, tzinfo=UTC)),
        ("2026-06-01T08:00:00", None, datetime(2026, 6, 1, 0, 0, tzinfo=UTC)),
        ("2026:06:01 08:00", None, datetime(2026, 6, 1, 0, 0, tzinfo=UTC)),
        ("2026:06:31 08:00:00", None, None),
        ("2026:06:01 25:00:00", None, None),
        ("0000:00:00 00:00:00", None, None),
        ("0001:01:01 00:00:00", None, None),
        ("9999:12:31 23:59:59", "-12:00", None),
        ("    :  :     :  :  ", None, None),
        ("", None, None),
        ("昨天", None, None),
    ],
)
def test_a_time_is_read_as_people_read_it_and_the_camera_stays_known(
    screened, told, offset, instant
):
    found = screened(taken(told, offset))

    assert (found.measures.taken_at, found.measures.has_camera) == (instant, True)


def test_a_time_that_is_called_bytes_is_read(screened):
    found = screened(taken("2026:06:01 08:00:00", kind=7))

    assert found.measures.taken_at - datetime(2026, 6, 1, tzinfo=UTC) == timedelta(0)


def gps(latitude: bytes, count: int = 3) -> bytes:
    east = struct.pack("<6I", 120, 1, 45, 1, 6, 1)
    return with_exif(
        text(1, "N"), (2, 5, count, latitude), text(3, "E"), (4, 5, 3, east), below=0x8825
    )


@pytest.mark.parametrize(
    ("content", "latitude"),
    [
        (gps(struct.pack("<6I", 30, 1, 45, 1, 12, 1)), 30.751),
        (gps(struct.pack("<4I", 30, 1, 4520, 100), count=2), 30.751),
        (gps(struct.pack("<6I", 30, 1, 45, 1, 0, 0)), None),
        (gps(struct.pack("<6I", 300, 1, 0, 1, 0, 1)), None),
        (gps(b"\xff" * 4, count=1 << 30), None),
    ],
    ids=["whole", "no seconds", "zero below", "not on earth", "lying count"],
)
def test_a_place_is_read_or_lost_by_itself(screened, content, latitude):
    measures = screened(content).measures

    assert (measures.latitude, measures.longitude) == (latitude, latitude and 120.756)


# --- which way it was held

UPRIGHT = {
    1: None,
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


@pytest.mark.parametrize("orientation", UPRIGHT)
def test_a_photo_is_upright_however_the_phone_was_held(screened, orientation):
    turn = UPRIGHT[orientation]
    picture = pictures.picture()

    found = screened(with_exif((0x0112, 3, 1, struct.pack("<H", orientation))))

    assert is_like(found, picture if turn is None else picture.transpose(turn))


@pytest.mark.parametrize("form", ["PNG", "WEBP"])
def test_a_turned_photo_of_another_form_is_upright_too(screened, form):
    exif = Image.Exif()
    exif[0x0112] = 6

    assert size(screened(pictures.encoded(pictures.picture(), form, exif=exif))) == (600, 800)


@pytest.mark.parametrize(
    ("entry", "shape"),
    [
        ((0x0112, 3, 1, struct.pack("<H", 0)), (800, 600)),
        ((0x0112, 3, 1, struct.pack("<H", 9)), (800, 600)),
        ((0x0112, 3, 1, struct.pack("<H", 65535)), (800, 600)),
        ((0x0112, 2, 2, b"6\0"), (600, 800)),
        ((0x0112, 2, 6, b"right\0"), (800, 600)),
        ((0x0112, 4, 1, struct.pack("<I", 6)), (600, 800)),
        ((0x0112, 3, 2, struct.pack("<HH", 6, 1)), (600, 800)),
        ((0x0112, 11, 1, struct.pack("<f", float("nan"))), (800, 600)),
        ((0x0112, 5, 1, struct.pack("<II", 6, 0)), (800, 600)),
        ((0x0112, 99, 1, b"\6\0"), (800, 600)),
        ((0x0112, 3, 0, b""), (800, 600)),
    ],
)
def test_an_odd_word_on_how_it_was_held_turns_nothing_but_what_it_says(screened, entry, shape):
    assert size(screened(with_exif(entry))) == shape


ODD = {
    "rational -1/0": (0x011A, 10, 1, struct.pack("<ii", -1, 0)),
    "rational 1/0": (0x011A, 5, 1, struct.pack("<II", 1, 0)),
    "two for one": (0x011A, 5, 2, struct.pack("<IIII", 72, 1, 72, 1)),
    "a place that is a number": (0x8825, 3, 1, struct.pack("<H", 7)),
    "nine places": (0x8825, 4, 9, struct.pack("<9I", *range(9))),
    "a pointer outside": (0x8769, 4, 1, struct.pack("<I", 0x7FFFFFFF)),
    "a pointer to itself": (0x8769, 4, 1, struct.pack("<I", 8)),
    "a pointer of text": (0x8769, 2, 4, b"abc\0"),
    "a pointer before the block": (0x8769, 9, 1, struct.pack("<i", -8)),
    "text that is none": (0x010E, 2, 6, b"\xc0\xac\xbb\xf8\0\0"),
    "a lying count": (0x010E, 2, 0xFFFFFFFF, b"\xff\xff\xff\x7f"),
    "an unknown type": (0x0111, 99, 1, b"\1\2\3\4"),
    "Windows words": (0x9C9B, 1, 4, "好".encode("utf-16le") + b"\0\0"),
}


@pytest.mark.parametrize("what", ODD)
def test_one_odd_field_loses_itself_and_nothing_else(screened, what):
    found = screened(with_exif(TURNED_RIGHT, ODD[what]))

    assert size(found) == (600, 800)


@pytest.mark.parametrize(
    "block",
    [
        b"",
        b"II*\0",
        b"MM\0*" + bytes(4),
        exif_block(TURNED_RIGHT)[:15],
        b"II*\0" + struct.pack("<IH", 8, 65535) + bytes(600),
        exif_block(*((tag, 3, 1, b"\1\0") for tag in range(5000))),
        random.Random(7).randbytes(4000),
    ],
    ids=["nothing", "a head", "no directory", "cut", "huge and cut", "huge", "noise"],
)
def test_a_broken_block_is_no_reason_to_refuse_a_photo(screened, block):
    found = screened(jpeg_with(segment(0xE1, b"Exif\0\0" + block)))

    assert is_like(found, pictures.picture())


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_whatever_is_wrong_with_what_is_told_the_photo_is_shown(screened, form):
    """Bytes of a camera's block are altered at random, with a seed, in each form of photo."""
    chance = random.Random(f"{form} 2026")
    block = exif_block(
        TURNED_RIGHT, text(TAKEN_AT, "2026:06:01 08:00:00"), (2, 5, 3, bytes(24)), below=0x8769
    )
    small = pictures.picture().resize((160, 120))

    for _ in range(FUZZED // 3):
        altered = bytearray(block)
        for _ in range(chance.randint(1, 12)):
            altered[chance.randrange(len(altered))] = chance.randrange(256)
        if chance.random() < 0.3:
            del altered[chance.randrange(len(altered)) :]

        found = screened(pictures.encoded(small, form, exif=b"Exif\0\0" + bytes(altered)))

        assert sorted(size(found)) == [120, 160], bytes(altered)


@pytest.mark.parametrize(
    "words",
    [
        segment(0xE2, b"MPF\0II*\0" + bytes(7)),
        segment(0xE2, b"MPF\0" + b"\xff" * 40),
        segment(0xE2, b"ICC_PROFILE\0\1\1" + b"no profile"),
        segment(0xED, b"Photoshop 3.0\x008BIM\x03\xed" + b"\xff" * 30),
        segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta"),
        segment(0xE0, b"JFXX"),
        segment(0xFE, b"\xff" * 300),
        b"\xff\xff\xff" + segment(0xEC, b"Ducky"),
        b"\xff\xe5\0\0",
    ],
    ids=[
        "short pictures",
        "broken pictures",
        "broken profile",
        "broken words of an editor",
        "broken XMP",
        "odd JFIF",
        "comment",
        "padding",
        "no length",
    ],
)
def test_broken_words_beside_a_photo_are_no_reason_to_refuse_it(screened, words):
    assert is_like(screened(jpeg_with(words)), pictures.picture())


def test_words_that_claim_to_be_longer_than_the_file_are_passed_over(screened):
    small = pictures.picture().resize((160, 120))

    assert is_like(screened(jpeg_with(b"\xff\xe5\xff\xff", content=pictures.encoded(small))), small)


# --- kinds of pixels


def test_a_grey_png_of_sixteen_bits_is_as_bright_as_it_was(screened):
    grey = np.tile(np.linspace(0, 65535, 300).astype(np.uint16), (200, 1))

    found = screened(pictures.encoded(Image.fromarray(grey), "PNG"))

    assert is_like(found, Image.fromarray((grey >> 8).astype(np.uint8)))


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "PA", "RGBA"])
def test_a_png_of_any_mode_is_shown(screened, mode):
    picture = pictures.picture().convert("L" if mode == "1" else "RGB")
    converted = picture.convert("P").convert("PA") if mode == "PA" else picture.convert(mode)
    form = "PNG" if mode != "PA" else "WEBP"
    content = pictures.encoded(converted.convert("RGBA") if mode == "PA" else converted, form)

    assert is_like(screened(content), converted.convert("RGB"))


def test_what_a_palette_calls_transparent_is_white(screened):
    picture = Image.new("P", (100, 100), 0)
    picture.putpalette([0, 0, 0, 255, 0, 0])

    found = screened(pictures.encoded(picture, "PNG", transparency=0))

    assert shown(found).getpixel((50, 50)) == (255, 255, 255)


@pytest.mark.parametrize("mode", ["L", "CMYK"])
def test_a_jpeg_of_a_printer_or_a_scanner_is_shown(screened, mode):
    picture = pictures.picture().convert(mode)

    assert is_like(screened(pictures.encoded(picture, "JPEG", quality=95)), picture)


def ycck(picture: Image.Image) -> bytes:
    """The picture as a printer's JPEG: its colours as lightness and two differences, and black."""
    cyan_and_so_on = ImageOps.invert(picture.convert("RGB")).convert("YCbCr")
    bands = [ImageOps.invert(band) for band in cyan_and_so_on.split()]  # Pillow turns them back
    black = Image.new("L", picture.size, 0)
    content = pictures.encoded(Image.merge("CMYK", [*bands, black]), "JPEG", quality=95)
    adobe = content.index(b"Adobe")
    assert content[adobe + 11] == 0, "what the numbers of a pixel mean, as Pillow wrote it"
    return content[: adobe + 11] + b"\2" + content[adobe + 12 :]


def test_a_jpeg_with_the_colours_of_a_press_is_shown_as_it_was(screened):
    picture = pictures.picture()

    assert is_like(screened(ycck(picture)), picture)


@pytest.mark.skipif(not READS_AVIF, reason="built without AVIF")
@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L"])
def test_an_avif_of_a_phone_is_shown(screened, mode):
    picture = pictures.picture().convert(mode)

    assert is_like(screened(pictures.encoded(picture, "AVIF", quality=90)), picture)


@pytest.mark.skipif(not READS_AVIF, reason="built without AVIF")
def test_an_avif_of_a_phone_that_was_turned_is_upright(screened):
    picture = pictures.picture()
    turned = Image.Exif()
    turned[0x0112] = 6

    found = screened(pictures.encoded(picture, "AVIF", exif=turned))

    assert size(found) == picture.size[::-1]
    assert is_like(found, picture.transpose(Image.Transpose.ROTATE_270))


@pytest.mark.skipif(not READS_AVIF, reason="built without AVIF")
def test_an_avif_that_was_cut_is_damaged(screened):
    content = pictures.encoded(pictures.picture(), "AVIF")

    assert screened(content[: len(content) // 2]) is Refused.DAMAGED


def test_a_photo_of_one_pixel_is_measured_and_shown(screened):
    assert size(screened(pictures.encoded(Image.new("RGB", (1, 1))))) == (1, 1)


def test_a_strip_is_shown_as_a_strip(screened):
    strip = pictures.picture().resize((6000, 4))

    assert size(screened(pictures.encoded(strip))) == (1600, 1)


# --- words in a PNG


def png_with(*chunks: bytes) -> bytes:
    plain = pictures.encoded(pictures.picture(), "PNG")
    return plain[:33] + b"".join(chunks) + plain[33:]


def chunk(kind: bytes, content: bytes) -> bytes:
    check = zlib.crc32(kind + content)
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", check)


@pytest.mark.parametrize(
    "words",
    [
        chunk(b"tEXt", b"Comment\0" + b"x" * 2_000_000),
        chunk(b"zTXt", b"Comment\0\0" + zlib.compress(bytes(60_000_000))),
        chunk(b"iTXt", b"XML:com.adobe.xmp\0\1\0\0\0" + zlib.compress(bytes(60_000_000))),
        chunk(b"iCCP", b"name\0\0no profile"),
        chunk(b"pHYs", b"\0"),
        chunk(b"tIME", b""),
        chunk(b"tEXt", b"x")[:-4] + bytes(4),
        chunk(b"acTL", b"\xff" * 8),
        chunk(b"eXIf", b"\0"),
    ],
    ids=["long", "zip bomb", "XMP bomb", "profile", "short", "no time", "sum", "frames", "exif"],
)
def test_words_in_a_png_are_not_even_read(screened, words):
    assert is_like(screened(png_with(words)), pictures.picture())


def test_a_photo_with_a_profile_of_colours_is_shown_without_it(screened):
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()

    found = screened(pictures.encoded(pictures.picture(), icc_profile=profile))

    assert "icc_profile" not in shown(found).info


# --- ends that got lost


def test_a_photo_without_its_end_marker_is_shown_whole(screened):
    whole = pictures.encoded(pictures.picture())
    assert whole.endswith(b"\xff\xd9")

    assert is_like(screened(whole[:-2]), pictures.picture())


def test_a_photo_whose_last_rows_were_lost_is_shown_without_them(screened):
    whole = pictures.encoded(pictures.picture())

    found = screened(whole[: len(whole) * 9 // 10])

    width, height = size(found)
    assert width == 800
    assert 450 <= height < 600
    assert is_like(found, pictures.picture().crop((0, 0, 800, height)))


@pytest.mark.parametrize("share", [0.02, 0.3, 0.6])
def test_a_photo_of_which_too_little_arrived_is_damaged(screened, share):
    whole = pictures.encoded(pictures.picture())

    assert screened(whole[: int(len(whole) * share)]) is Refused.DAMAGED


def test_a_png_without_its_end_is_shown_and_one_cut_is_damaged(screened):
    whole = pictures.encoded(pictures.picture(), "PNG")

    assert is_like(screened(whole[:-12]), pictures.picture())
    assert screened(whole[: len(whole) // 2]) is Refused.DAMAGED


# --- sizes


@pytest.mark.parametrize(("mode", "side"), [("RGB", (9248, 6944)), ("L", (16320, 12240))])
def test_a_photo_of_a_large_sensor_is_shown(screened, mode, side):
    large = Image.new(mode, side)
    large.paste(pictures.picture().convert(mode).resize((4000, 3000)))
    content = pictures.encoded(large, quality=70)
    assert len(content) < 10 << 20
    del large

    assert size(screened(content)) == (1600, round(1600 * side[1] / side[0]))


def promised(form: str, side: int) -> bytes:
    """A small file whose header promises side x side pixels."""
    if form == "PNG":
        return pictures.bomb_png(side)
    if form == "WEBP":
        extended = struct.pack("<I", 0) + 2 * struct.pack("<I", side - 1)[:3]
        body = b"WEBPVP8X" + struct.pack("<I", 10) + extended
        return b"RIFF" + struct.pack("<I", len(body)) + body
    content = bytearray(pictures.encoded(pictures.picture(), progressive=form == "progressive"))
    frame = content.index(b"\xff\xc2" if form == "progressive" else b"\xff\xc0")
    content[frame + 5 : frame + 9] = struct.pack(">HH", side, side)
    return bytes(content)


@pytest.mark.parametrize(
    ("form", "side"), [("JPEG", 65500), ("progressive", 12000), ("PNG", 6400), ("WEBP", 16383)]
)
def test_a_picture_that_would_not_fit_is_told_to_be_too_large(screened, form, side):
    assert screened(promised(form, side)) is Refused.TOO_MANY_PIXELS


def test_nothing_of_what_was_told_is_shown(screened):
    words = PngImagePlugin.PngInfo()
    words.add_text("Comment", "SECRET-COMMENT")
    content = pictures.encoded(pictures.picture(), "PNG", pnginfo=words)
    assert b"SECRET" in content

    assert b"SECRET" not in screened(content).shown
