"""Photos to test with: real ones, and files that only pretend to be photos."""

import os
import struct
import zlib
from functools import cache
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageDraw

from app.config import ROOT

# Photographs of household waste where they are at hand: in the folder that FEN_PHOTOS names, or
# beside the project or a folder above it. Otherwise those inside scikit-image.
BESIDE = Path("shared") / "data" / "photos"
FALLBACK = ("coffee.png", "chelsea.png", "astronaut.png", "rocket.jpg", "motorcycle_left.png")
MORE = (
    "camera.png",
    "coins.png",
    "hubble_deep_field.jpg",
    "brick.png",
    "grass.png",
    "gravel.png",
    "ihc.png",
    "retina.jpg",
    "moon.png",
)
# Dark or blurred at 800 x 600: what screening says of them would depend on whose turn it is.
REMARKABLE = (
    "recyclable-metal-8.jpg",
    "recyclable-other-plastics-1.jpg",
    "recyclable-other-plastics-5.jpg",
    "recyclable-other-plastics-7.jpg",
    "recyclable-plastic-5.jpg",
    "recyclable-textiles-2.jpg",
    "residual-wood-6.jpg",
)


def _waste() -> Path | None:
    named = os.environ.get("FEN_PHOTOS")
    folders = [Path(named)] if named else [folder / BESIDE for folder in ROOT.parents]
    return next((folder for folder in folders if folder.is_dir()), None)


def _inside_skimage(names: tuple[str, ...]) -> list[Path]:
    skimage = find_spec("skimage")
    assert skimage is not None
    assert skimage.origin is not None
    return [Path(skimage.origin).parent / "data" / name for name in names]


@cache
def _files() -> list[Path]:
    waste = _waste()
    return sorted(waste.glob("*.jpg")) if waste else _inside_skimage(FALLBACK)


def picture(n: int = 0) -> Image.Image:
    """The n-th real photo, 800 x 600."""
    with Image.open(_files()[n % len(_files())]) as image:
        return image.convert("RGB").resize((800, 600))


def originals() -> list[Image.Image]:
    """Every real photograph at hand, at its own size."""
    waste = _waste()
    files = sorted(waste.glob("*.jpg")) if waste else []
    found = []
    for file in [*files, *_inside_skimage(FALLBACK + MORE)]:
        with Image.open(file) as image:
            found.append(image.convert("RGB"))
    return found


def encoded(image: Image.Image, form: str = "JPEG", **options) -> bytes:
    out = BytesIO()
    image.save(out, form, **options)
    return out.getvalue()


def photo(n: int = 0) -> bytes:
    """A JPEG whose content differs for each n, and with which nothing is wrong."""
    files = [number for number, file in enumerate(_files()) if file.name not in REMARKABLE]
    return encoded(picture(files[n % len(files)]), quality=85, comment=f"{n}".encode())


def with_exif(orientation: int = 1) -> bytes:
    """A photo that tells where and with what it was taken, 800 x 600 before it is turned."""
    exif = Image.Exif()
    exif[0x010F] = "SECRET-PHONE-MAKER"
    exif[0x0112] = orientation
    gps = exif.get_ifd(0x8825)
    gps[1], gps[2] = "N", (30.0, 45.0, 12.0)
    gps[3], gps[4] = "E", (120.0, 45.0, 6.0)
    return encoded(picture(), exif=exif, comment=b"SECRET-COMMENT")


def by_camera(
    taken_at: str | None = None, place: tuple[float, float] | None = None, n: int = 0
) -> bytes:
    """The n-th photo as a phone's camera writes it; ``taken_at`` is like 2026:06:01 08:00:00."""
    exif = Image.Exif()
    details = exif.get_ifd(0x8769)
    details[0x829A], details[0x829D] = 0.01, 1.8
    if taken_at:
        details[0x9003], details[0x9011] = taken_at, "+08:00"
    if place:
        gps = exif.get_ifd(0x8825)
        gps[1], gps[2] = "N", (place[0], 0.0, 0.0)
        gps[3], gps[4] = "E", (place[1], 0.0, 0.0)
    return encoded(picture(n), exif=exif)


def screenshot(form: str = "PNG") -> bytes:
    """What a phone's screen shows: a bar of signs, a list of lines, and a picture in it."""
    screen = Image.new("RGB", (1080, 2340), (245, 245, 245))
    draw = ImageDraw.Draw(screen)
    draw.rectangle((0, 0, 1080, 90), (20, 20, 20))
    for line in range(30):
        draw.rectangle((60, 1200 + 36 * line, 900 - 7 * line, 1214 + 36 * line), (60, 60, 60))
    screen.paste(picture(3), (140, 300))
    return encoded(screen, form)


def bomb_png(side: int = 30_000) -> bytes:
    """A PNG of 10 kB whose header promises side x side pixels."""
    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    zeros = zlib.compress(bytes(10_000_000), 9)
    return (
        b"\x89PNG\r\n\x1a\n"
        + _chunk(b"IHDR", header)
        + _chunk(b"IDAT", zeros)
        + _chunk(b"IEND", b"")
    )


def _chunk(kind: bytes, data: bytes) -> bytes:
    check = zlib.crc32(kind + data)
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", check)


SCRIPT = b"<script>alert('stolen')</script>"


def polyglot() -> bytes:
    """A real JPEG that is a web page for whoever does not look closely."""
    return encoded(picture(), comment=SCRIPT) + b"<html>" + SCRIPT


SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'
PDF = b"%PDF-1.7\n%binary"
HEIC = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(100)
FILM = b"\0\0\0\x18ftypmp42\0\0\0\0isommp42" + bytes(100)
HTML = b"<!doctype html>" + SCRIPT


def gif() -> bytes:
    return encoded(picture().resize((50, 50)), "GIF")


def truncated() -> bytes:
    whole = photo()
    return whole[: len(whole) // 2]
