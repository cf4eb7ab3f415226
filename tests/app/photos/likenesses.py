"""Photos to recognise: real ones, what people make of them, and others that look alike."""

import random
from collections.abc import Iterator
from io import BytesIO

from PIL import Image, ImageEnhance, ImageOps

from tests.given import pictures


def originals() -> list[Image.Image]:
    """Every real photograph at hand, at its own size."""
    return pictures.originals()


def altered(photo: Image.Image, chance: random.Random) -> Iterator[tuple[str, Image.Image]]:
    """The photo as it is sent again, by what was done to it."""
    half = (max(1, photo.width // 2), max(1, photo.height // 2))
    small = half if min(photo.size) > 400 else tuple(round(0.7 * side) for side in photo.size)
    yield "saved at 40 %", saved(photo, 40)
    yield "made small", photo.resize(small, Image.Resampling.LANCZOS)
    yield "mirrored", saved(ImageOps.mirror(photo), 80)
    yield "brightness", ImageEnhance.Brightness(photo).enhance(chance.choice([0.6, 0.75, 1.3, 1.5]))
    yield "contrast", ImageEnhance.Contrast(photo).enhance(chance.choice([0.6, 1.4]))
    for percent in (10, 20, 25):
        yield f"cropped by {percent} %", cropped(photo, percent, chance)
    part = cropped(photo, 15, chance)
    lit = ImageEnhance.Brightness(ImageOps.mirror(part)).enhance(chance.choice([0.8, 1.25]))
    yield "15 %, mirrored, relit, saved at 60 %", saved(lit, 60)
    part = cropped(photo, 25, chance)
    smaller = part.resize((round(0.8 * part.width), round(0.8 * part.height)))
    yield "25 %, smaller, contrast, 55 %", saved(ImageEnhance.Contrast(smaller).enhance(1.2), 55)
    yield "25 %, mirrored, saved at 50 %", saved(ImageOps.mirror(cropped(photo, 25, chance)), 50)


def same_bin(photo: Image.Image, other: Image.Image, chance: random.Random) -> Image.Image:
    """Another photo that looks alike: the same surroundings, other waste, held a bit otherwise."""
    width, height = photo.size
    day = photo.copy()
    waste = other.resize((round(0.55 * width), round(0.55 * height)))
    day.paste(
        waste,
        (
            round(width * chance.uniform(0.2, 0.25)),
            round(height * chance.uniform(0.2, 0.25)),
        ),
    )
    turned = cropped(day, 4, chance).rotate(chance.choice([-3, 3]), Image.Resampling.BICUBIC)
    return saved(turned, 80)


def saved(photo: Image.Image, quality: int) -> Image.Image:
    return Image.open(BytesIO(pictures.encoded(photo, quality=quality))).convert("RGB")


def cropped(photo: Image.Image, percent: int, chance: random.Random) -> Image.Image:
    """Without so many percent of the width and of the height, taken off anywhere."""
    width, height = photo.size
    left, top = (chance.random() * percent / 100 for _ in range(2))
    kept = 1 - percent / 100
    return photo.crop(
        (
            round(left * width),
            round(top * height),
            round((left + kept) * width),
            round((top + kept) * height),
        )
    )
