"""The child process that decodes one photo: bytes on standard input, the outcome on output.

It is run by path, in isolation, and imports nothing of ours but the modules beside it, so that
it starts quickly and has nothing worth stealing. Before it reads a byte it gives up the right to
more memory, processor time, files and processes. The outcome is one line of JSON, followed by the
bytes of the two JPEGs whose lengths the line tells; or ``{"refused": reason}``.
"""

import base64
import importlib
import json
import resource
import struct
import sys
import warnings
import zlib
from io import BytesIO
from pathlib import Path
from typing import Any

FORMATS = ("JPEG", "PNG", "WEBP", "AVIF")
JPEG_BEGINS = b"\xff\xd8\xff"
PIXELS_MAX = 40_000_000
# A JPEG decodes at a fraction of its size, so the largest sensors are welcome (200 megapixels);
# but one in several scans (a progressive one) holds all of them in memory, at up to 6 bytes each.
JPEG_PIXELS_MAX = 220_000_000
SCANS_PIXELS_MAX = 110_000_000
SHOWN_SIDE_MAX = 1600
THUMB_SIDE_MAX = 320
SHOWN_QUALITY = 85
THUMB_QUALITY = 78
FRAME_SIDE_MIN = 16  # of a strip
MISSING_SHARE_MAX = 0.25  # of the rows of a photo whose end was lost on the way
MISSING_GREY = 128  # in which libjpeg shows what is missing

MEMORY_BYTES_MAX = 768 << 20  # the largest allowed PNG takes about 400 MB while it shrinks
CPU_SECONDS_MAX = 10
OUTPUT_BYTES_MAX = 8 << 20

# What Pillow's readers raise for files that end early or lie about themselves. Anything else is
# our own fault, and no verdict on the photo: the process ends with an error instead.
BROKEN = (OSError, SyntaxError, ValueError, EOFError, LookupError, struct.error, zlib.error)


class TooManyScans(Exception):
    """Holding all scans of the picture would take more memory than there is."""


def main() -> None:
    _give_up_rights()
    sys.path.append(str(Path(__file__).parent))  # where, isolated, Python does not look
    outcome, images = outcome_of(sys.stdin.buffer.read())
    sys.stdout.buffer.write(json.dumps(outcome).encode() + b"\n")
    for image in images:
        sys.stdout.buffer.write(image)
    sys.stdout.buffer.flush()


def _give_up_rights() -> None:
    limits = {
        resource.RLIMIT_AS: MEMORY_BYTES_MAX,
        resource.RLIMIT_CPU: CPU_SECONDS_MAX,
        resource.RLIMIT_FSIZE: OUTPUT_BYTES_MAX,
        resource.RLIMIT_NPROC: 0,
        resource.RLIMIT_CORE: 0,
    }
    for limit, most in limits.items():
        resource.setrlimit(limit, (most, most))


def outcome_of(content: bytes) -> tuple[dict[str, Any], list[bytes]]:
    """What becomes of an upload: its line of JSON, and the pictures whose lengths it tells."""
    from PIL import Image, UnidentifiedImageError

    # The library raises at twice what it is told, and only warns below.
    is_jpeg = content.startswith(JPEG_BEGINS)
    Image.MAX_IMAGE_PIXELS = (JPEG_PIXELS_MAX if is_jpeg else PIXELS_MAX) // 2
    warnings.simplefilter("ignore")
    try:
        return _decoded(content)
    except (Image.DecompressionBombError, TooManyScans, MemoryError):
        return {"refused": "too_many_pixels"}, []
    except UnidentifiedImageError:
        if content[4:8] == b"ftyp":  # its library does not know its own files when they are cut
            return {"refused": "damaged"}, []
        return {"refused": "not_an_image"}, []
    except BROKEN:
        return {"refused": "damaged"}, []


def _beside(name: str) -> Any:
    """A module of this folder; imported late, so that it comes under the limits too."""
    return importlib.import_module(name)


def _decoded(content: bytes) -> tuple[dict[str, Any], list[bytes]]:
    from PIL import Image

    found = _beside("plain").plain(content)
    _read_in_one_thread()

    # The size is read from the header: a bomb is refused here, before a pixel is decoded.
    with Image.open(BytesIO(found.picture), formats=FORMATS) as upload:
        told = _beside("facts").told(_beside("exif").Directory(found.exif or _exif_of(upload)))
        orientation = told.pop("orientation")
        told |= {
            "form": upload.format,
            "upload_width": upload.width,
            "upload_height": upload.height,
        }
        if upload.info.get("progressive") and upload.width * upload.height > SCANS_PIXELS_MAX:
            raise TooManyScans
        # A large JPEG decodes at a fraction: the least that is not smaller than what is shown.
        share = min(1, SHOWN_SIDE_MAX / max(upload.size))
        upload.draft("RGB", (round(upload.width * share), round(upload.height * share)))
        shown = _upright(upload, orientation, is_cut=found.is_cut)
    thumb = shown.copy()
    thumb.thumbnail((THUMB_SIDE_MAX, THUMB_SIDE_MAX))
    images = [_jpeg(shown, SHOWN_QUALITY), _jpeg(thumb, THUMB_QUALITY)]
    outcome = {
        "width": shown.width,
        "height": shown.height,
        **_measured(shown, thumb),
        **told,
        "lengths": [len(image) for image in images],
    }
    return outcome, images


def _read_in_one_thread() -> None:
    """AVIF's library would start others, for which there is no right any more."""
    from PIL import features

    if features.check("avif"):
        from PIL import AvifImagePlugin

        AvifImagePlugin.DEFAULT_MAX_THREADS = 1


def _exif_of(upload: Any) -> bytes:
    """What the camera wrote into a picture whose library takes it out: AVIF's, with its turn."""
    if upload.format != "AVIF":
        return b""
    return bytes(upload.info.get("exif", b"")).removeprefix(b"Exif\0\0")


def _measured(shown: Any, thumb: Any) -> dict[str, Any]:
    from PIL import Image, ImageStat

    marks, facts = _beside("marks"), _beside("facts")
    dim = thumb.convert("L")
    clear = shown.convert("L")
    clear.thumbnail((facts.SIDE_MAX, facts.SIDE_MAX), Image.Resampling.BOX)
    frame = _frame(clear, marks.FRAME_SIDE)
    points = marks.points(marks.grey(frame))
    picture = frame.resize((marks.PICTURE_SIDE, marks.PICTURE_SIDE), Image.Resampling.BOX)
    return {
        "brightness": round(ImageStat.Stat(dim).mean[0]),
        "sharpness": facts.sharpness(clear),
        "flat_percent": facts.flat_percent(clear),
        "frame": frame.size,
        "points": base64.b64encode(points.tobytes()).decode(),
        "picture": base64.b64encode(picture.tobytes()).decode(),
    }


def _frame(picture: Any, long_side: int) -> Any:
    """The picture at the size in which its marks are found, whatever its own."""
    from PIL import Image

    share = long_side / max(picture.size)
    size = tuple(max(FRAME_SIDE_MIN, round(side * share)) for side in picture.size)
    how = Image.Resampling.LANCZOS if share < 1 else Image.Resampling.BICUBIC
    return picture.resize(size, how)


def _upright(upload: Any, orientation: int, *, is_cut: bool) -> Any:
    """The picture as people should see it, small enough, on white, without a word about it."""
    from PIL import Image

    picture = _in_colours(upload)
    if is_cut:
        picture = _without_missing_rows(picture)
    picture.thumbnail((SHOWN_SIDE_MAX, SHOWN_SIDE_MAX))
    turn = _TURNS[orientation]
    if turn is not None:
        picture = picture.transpose(Image.Transpose[turn])
    # Pasting pixels into a new image leaves comments and colour profiles behind.
    clean = Image.new("RGB", picture.size, "white")
    clean.paste(picture, mask=picture if picture.mode == "RGBA" else None)
    return clean


# What makes a picture upright, by its orientation in Exif.
_TURNS: dict[int, str | None] = {
    1: None,
    2: "FLIP_LEFT_RIGHT",
    3: "ROTATE_180",
    4: "FLIP_TOP_BOTTOM",
    5: "TRANSPOSE",
    6: "ROTATE_270",
    7: "TRANSVERSE",
    8: "ROTATE_90",
}


def _in_colours(upload: Any) -> Any:
    """The decoded picture as grey, RGB, or RGBA where it is transparent in places."""
    upload.load()
    if upload.mode.startswith("I"):  # grey of 16 bits, whose brightest part converting would keep
        return upload.point(lambda grey: grey / 256).convert("L")
    if upload.has_transparency_data:
        return upload.convert("RGBA")
    return upload if upload.mode in {"L", "RGB"} else upload.convert("RGB")


def _without_missing_rows(picture: Any) -> Any:
    """The rows that arrived of a picture whose end was lost, if they are most of it."""
    import numpy as np

    picture = picture.convert("RGB")
    is_missing = (np.asarray(picture) == MISSING_GREY).all(axis=(1, 2))
    arrived = len(is_missing) - int(np.argmin(is_missing[::-1]))
    if is_missing.all() or arrived < (1 - MISSING_SHARE_MAX) * len(is_missing):
        raise EOFError
    return picture.crop((0, 0, picture.width, arrived))


def _jpeg(image: Any, quality: int) -> bytes:
    out = BytesIO()
    image.save(out, "JPEG", quality=quality)
    return out.getvalue()


if __name__ == "__main__":
    main()
