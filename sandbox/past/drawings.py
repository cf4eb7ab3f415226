"""Pictures of sorted waste, drawn: no photographs are kept with the project, and none taken of
anybody. Each number has a picture of its own, the same whenever it is drawn."""

import io
import random

import numpy as np
from PIL import Image, ImageDraw

SIZE = (480, 360)
THINGS = 45
GRAIN = 6.0  # of a camera's sensor; without it a picture would look like a screen
BINS = {"kitchen": (40, 120, 60), "recyclable": (40, 80, 160), "residual": (90, 90, 90)}


def drawing(number: int) -> bytes:
    """A JPEG of three bins and what lies in them."""
    chance = random.Random(number)
    floor = tuple(chance.randrange(130, 210) for _ in range(3))
    picture = Image.new("RGB", SIZE, floor)
    pen = ImageDraw.Draw(picture)
    width, height = SIZE
    for place, colour in enumerate(BINS.values()):
        left = 20 + place * 150 + chance.randrange(-12, 12)
        pen.rectangle((left, 60, left + 120, height - 20), fill=colour, outline=(20, 20, 20))
    for _ in range(THINGS):
        _thing(pen, chance, chance.randrange(width), chance.randrange(40, height))
    grain = np.random.default_rng(number).normal(0, GRAIN, (height, width, 1))
    pixels = (np.asarray(picture, np.float32) + grain).clip(0, 255).astype(np.uint8)
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "JPEG", quality=80)
    return out.getvalue()


def _thing(pen: ImageDraw.ImageDraw, chance: random.Random, left: int, top: int) -> None:
    """A bottle, a lid, a scrap of something."""
    box = (left, top, left + chance.randrange(8, 60), top + chance.randrange(8, 60))
    colour = tuple(chance.randrange(256) for _ in range(3))
    shape = chance.choice((pen.ellipse, pen.rectangle))
    shape(box, fill=colour, outline=(10, 10, 10))
