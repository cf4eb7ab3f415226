"""Whether two fingerprints are of one photo.

Common marks say how one picture would lie over the other: how much larger, and where. The small
pictures are then laid over each other like that and must agree, in the whole and in the detail.
So the same bin on another day, which shares marks, is another photo.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from app.photos.screening.marks import (
    BITS,
    FRAME_SIDE,
    MIRRORED,
    PICTURE_SIDE,
    POINT,
    POSITION_UNITS,
    WEAK,
)

Floats = NDArray[np.float64]

LIKENESS_MIN = 0.75  # mean of the two agreements, each -1 to 1: above it lies one photo in two

_LARGER_MAX = 2.5  # one picture may be so much larger than the other
_LIES_WITHIN = 0.06 * FRAME_SIDE  # pixels by which common marks may miss each other
_OVERLAYS_MAX = 3
_COVERED_MIN, _COVERED_MOST = 0.4, 0.85  # shares of the two pictures that lie over each other
_GRID = 24
_STEPS = ((0.03, 4.0), (0.015, 2.0), (0.0075, 1.0))  # of size, and of place in pixels
_TRIES_A_STEP = 4

_WEAK_SETS = [bits for many in range(WEAK + 1) for bits in combinations(range(WEAK), many)]


@dataclass(frozen=True)
class Impression:
    """A photo as it is compared."""

    width: int  # of the frame in which the points lie
    height: int
    points: NDArray[Any]  # of screening.marks.POINT
    picture: Floats  # the whole photo, grey, 32 x 32

    @classmethod
    def of(cls, *, width: int, height: int, points: bytes, picture: bytes) -> "Impression":
        grey = np.frombuffer(picture, np.uint8).astype(float)
        return cls(
            width,
            height,
            np.frombuffer(points, POINT),
            grey.reshape(PICTURE_SIDE, PICTURE_SIDE),
        )

    def mirrored(self) -> "Impression":
        """The impression that the mirrored photo would leave."""
        points = self.points.copy()
        points["mark"] ^= np.array(MIRRORED, np.uint32).view(np.int32)
        points["x"] = np.maximum(self.width * POSITION_UNITS - points["x"].astype(np.int64), 0)
        return Impression(self.width, self.height, points, self.picture[:, ::-1])

    def nearby(self) -> NDArray[Any]:
        """A row for each point: its mark, and what its mark may have become."""
        flips = np.zeros((len(self.points), len(_WEAK_SETS)), np.uint32)
        weak = np.left_shift(np.uint32(1), self.points["weak"].astype(np.uint32) % BITS)
        for column, bits in enumerate(_WEAK_SETS):
            for bit in bits:
                flips[:, column] ^= weak[:, bit]
        return self.points["mark"][:, None] ^ flips.view(np.int32)


def probes(impression: Impression) -> list[int]:
    """Every mark that a repeat of the photo is likely to have."""
    both = [impression.nearby(), impression.mirrored().nearby()]
    return [int(mark) for mark in np.unique(np.concatenate(both))]


def likeness(new: Impression, old: Impression) -> float:
    """How much two photos agree where they show the same, -1 to 1; -1 if they share nothing."""
    return max(_likeness(new, old), _likeness(new.mirrored(), old))


class _Overlay(NamedTuple):
    """How the new picture lies over the old: old place = ``size`` x new place + offset."""

    size: float
    right: float
    down: float


def _likeness(new: Impression, old: Impression) -> float:
    overlays = _overlays(_common(new, old))
    return max((_settled(new, old, overlay) for overlay in overlays), default=-1.0)


def _common(new: Impression, old: Impression) -> Floats:
    """Pairs of points with a common mark: x, y and scale in the new picture, then in the old."""
    in_new, _, in_old = np.nonzero(new.nearby()[:, :, None] == old.points["mark"])
    sides = (new.points[in_new], old.points[in_old])
    columns = [side[name] for side in sides for name in ("x", "y", "scale")]
    return np.stack(columns, axis=1).astype(float) / POSITION_UNITS


def _overlays(pairs: Floats) -> list[_Overlay]:
    """The overlays that most pairs agree on, each once, the best first."""
    found = [_overlay(pairs, pair) for pair in pairs if _is_size(pair[5] / pair[2])]
    found.sort(key=lambda agreed: -agreed[0])
    distinct = list(dict.fromkeys(overlay for _, overlay in found))
    return distinct[:_OVERLAYS_MAX]


def _overlay(pairs: Floats, pair: Floats) -> tuple[int, _Overlay]:
    """The overlay that one pair of points suggests, and how many others fit it."""
    size = pair[5] / pair[2]
    misses = pairs[:, 3:5] - pair[3:5] - size * (pairs[:, :2] - pair[:2])
    sizes = pairs[:, 5] / pairs[:, 2] / size
    fits = (np.abs(misses).max(axis=1) < _LIES_WITHIN * max(size, 0.5)) & (
        np.abs(np.log2(sizes)) < 0.5
    )
    agreeing = pairs[fits]
    middle = agreeing.mean(axis=0)
    spread = agreeing - middle
    length = float((spread[:, :2] ** 2).sum())
    if length > 400:  # far enough apart to measure the size better than one scale does
        measured = float((spread[:, :2] * spread[:, 3:5]).sum()) / length
        size = measured if _is_size(measured) else size
    right, down = middle[3:5] - size * middle[:2]
    places = len(np.unique(agreeing[:, :2].round(), axis=0))
    return places, _Overlay(float(size), float(right), float(down))


def _is_size(size: float) -> bool:
    return 1 / _LARGER_MAX < size < _LARGER_MAX


def _settled(new: Impression, old: Impression, overlay: _Overlay) -> float:
    """The agreement after the overlay was moved to where it is best nearby."""
    best = _agreement(new, old, overlay)
    if best < 0:
        return best
    for larger, further in _STEPS:
        for _ in range(_TRIES_A_STEP):
            tries = [
                (_agreement(new, old, near), near) for near in _near(new, overlay, larger, further)
            ]
            top, near = max(tries)
            if top <= best:
                break
            best, overlay = top, near
    return best


def _near(new: Impression, overlay: _Overlay, larger: float, further: float) -> Sequence[_Overlay]:
    size, right, down = overlay
    near = [
        _Overlay(size, right + across, down + along)
        for across, along in ((further, 0), (-further, 0), (0, further), (0, -further))
    ]
    for sign in (1, -1):  # about the middle
        grown = size * sign * larger
        near.append(
            _Overlay(size + grown, right - grown * new.width / 2, down - grown * new.height / 2)
        )
    return near


def _agreement(new: Impression, old: Impression, overlay: _Overlay) -> float:
    size, right, down = overlay
    left, end = max(0.0, right), min(float(old.width), size * new.width + right)
    top, bottom = max(0.0, down), min(float(old.height), size * new.height + down)
    if end <= left or bottom <= top:
        return -1.0
    area = (end - left) * (bottom - top)
    covered = (area / (old.width * old.height), area / (size**2 * new.width * new.height))
    if min(covered) < _COVERED_MIN or max(covered) < _COVERED_MOST:
        return -1.0
    middle = (np.arange(_GRID) + 0.5) / _GRID
    x, y = left + middle * (end - left), top + middle * (bottom - top)
    below = _sampled(old.picture, x / old.width, y / old.height)
    above = _sampled(new.picture, (x - right) / size / new.width, (y - down) / size / new.height)
    return (_correlation(below, above) + _correlation(_detail(below), _detail(above))) / 2


def _sampled(picture: Floats, x: Floats, y: Floats) -> Floats:
    """The picture on a grid of places of 0 to 1, between its pixels."""
    x, y = (np.clip(axis * PICTURE_SIDE - 0.5, 0, PICTURE_SIDE - 1.001) for axis in (x, y))
    left, top = x.astype(int), y.astype(int)
    right_share, low_share = (x - left)[None, :], (y - top)[:, None]
    rows = picture[top] * (1 - low_share) + picture[top + 1] * low_share
    sampled: Floats = rows[:, left] * (1 - right_share) + rows[:, left + 1] * right_share
    return sampled


def _detail(picture: Floats) -> Floats:
    around = picture[:-2, 1:-1] + picture[2:, 1:-1] + picture[1:-1, :-2] + picture[1:-1, 2:]
    detail: Floats = 4 * picture[1:-1, 1:-1] - around
    return detail


def _correlation(one: Floats, other: Floats) -> float:
    one, other = one - one.mean(), other - other.mean()
    length = math.sqrt(float((one**2).sum() * (other**2).sum()))
    return float((one * other).sum()) / length if length > 1e-3 else 0.0
