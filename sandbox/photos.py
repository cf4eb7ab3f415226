"""Real photographs for the demo, from wherever this machine has some.

``../shared/data/photos`` beside the project where it is there, otherwise those that scikit-image
brings along. They are never copied into the project.
"""

import io
from importlib.util import find_spec
from pathlib import Path

from PIL import Image

from app.config import ROOT

SHARED = ROOT.parent / "shared" / "data" / "photos"
SIDE_MAX = 1600


class NoPhotos(Exception):
    """This machine has no photographs to upload."""


def jpegs(count: int) -> list[bytes]:
    """Different photographs as JPEG files.

    Raises:
        NoPhotos: fewer than ``count`` were found.
    """
    files = sorted(SHARED.glob("*.jpg"))[: count * 8 : 8] or _from_scikit_image()
    if len(files) < count:
        raise NoPhotos(
            f"{count} photographs are needed and {len(files)} were found: "
            "`make demo` installs scikit-image, which brings some."
        )
    return [_jpeg(path) for path in files[:count]]


def _from_scikit_image() -> list[Path]:
    package = find_spec("skimage")
    if package is None or package.origin is None:
        return []
    data = Path(package.origin).parent / "data"
    return [path for path in sorted(data.iterdir()) if path.suffix in {".png", ".jpg"}]


def _jpeg(path: Path) -> bytes:
    with Image.open(path) as image:
        picture = image.convert("RGB")
    picture.thumbnail((SIDE_MAX, SIDE_MAX))
    exif = Image.Exif()
    exif[0x010E] = "where it was taken is nobody's business"
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=88, exif=exif)
    return out.getvalue()
