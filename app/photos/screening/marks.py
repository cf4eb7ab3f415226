"""The marks of a picture: what is found again after it is cropped, shrunk, mirrored or relit.

A mark is a spot that stands out from its surroundings at its own scale (a local extremum of the
difference of Gaussians, as in SIFT), described by the signs of the 32 lowest frequencies around
it. Signs do not change with brightness and contrast, and mirroring flips a known half of them,
so a mark is one number, which an index can look up. Numpy only: the decoder imports this.
"""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]

FRAME_SIDE = 256  # positions and scales are in pixels of the picture at this long side
MARKS_MAX = 48
BITS = 32
WEAK = 4  # bits of a mark that a small change of the picture would turn first
PICTURE_SIDE = 32

_SCALE_MIN = 1.6
_SCALES_AN_OCTAVE = 3
_OCTAVE_SIDE_MIN = 16
_CONTRAST_MIN = 0.001  # of 1; flat walls have spots too, and nothing better
_EDGE_RATIO_MAX = 10.0
_REACH = 7.0  # half the side of what a mark describes, in its scales
_GRID = 16  # samples along that side
POSITION_UNITS = 128  # to the pixel

# One mark as it is stored: little-endian, 14 bytes.
POINT = np.dtype(
    [("mark", "<i4"), ("x", "<u2"), ("y", "<u2"), ("scale", "<u2"), ("weak", "u1", (WEAK,))]
)

_FREQUENCIES = sorted(
    ((row, column) for row in range(8) for column in range(8) if row + column),
    key=lambda at: (at[0] + at[1], max(at), at),
)[:BITS]
_ROWS, _COLUMNS = (np.array(axis) for axis in zip(*_FREQUENCIES, strict=True))
# The bits that turn when the picture is mirrored: those of odd frequencies across.
MIRRORED = int(sum(1 << bit for bit, (_, column) in enumerate(_FREQUENCIES) if column % 2))
_COSINES = np.array(
    [
        [math.cos(math.pi * (2 * x + 1) * frequency / (2 * _GRID)) for x in range(_GRID)]
        for frequency in range(8)
    ],
    np.float32,
)


def grey(picture: Any) -> Floats:
    """A grey picture of Pillow's as numbers of 0 to 1."""
    numbers: Floats = np.asarray(picture, np.float32) / np.float32(255)
    return numbers


def points(grey: Floats) -> NDArray[Any]:
    """The marks of a grey picture (0 to 1, long side ``FRAME_SIDE``), as an array of ``POINT``.

    The whole picture is the first of them; the others follow by how much they stand out.
    """
    height, width = grey.shape
    whole = _described(_shrunk(grey)[None])
    found = [(math.inf, width / 2, height / 2, FRAME_SIDE / (2 * _REACH), *whole[0])]
    layer, step = _blurred(grey, math.sqrt(_SCALE_MIN**2 - 0.25)), 1
    while min(layer.shape) >= _OCTAVE_SIDE_MIN:
        levels = _levels(layer)
        found += _octave(levels, step)
        layer, step = levels[_SCALES_AN_OCTAVE][::2, ::2], 2 * step
    return _packed(_apart(sorted(found, key=lambda spot: -spot[0])))


def _shrunk(grey: Floats) -> Floats:
    """The whole picture on the grid of a mark, by averaging."""
    height, width = grey.shape
    rows = np.linspace(0, height, _GRID + 1).astype(int)[:-1]
    columns = np.linspace(0, width, _GRID + 1).astype(int)[:-1]
    sums = np.add.reduceat(np.add.reduceat(grey, rows, 0), columns, 1)
    areas = np.outer(np.diff([*rows, height]), np.diff([*columns, width]))
    shrunk: Floats = (sums / areas).astype(np.float32)
    return shrunk


def _blurred(picture: Floats, sigma: float) -> Floats:
    reach = math.ceil(3 * sigma)
    weights = np.exp(-(np.arange(-reach, reach + 1) ** 2) / (2 * sigma**2)).astype(np.float32)
    weights /= weights.sum()
    for _ in range(2):  # down, then, turned, across
        height = picture.shape[0]
        padded = np.pad(picture, ((reach, reach), (0, 0)), "edge")
        blurred = np.zeros_like(picture)
        for offset, weight in enumerate(weights):
            blurred += weight * padded[offset : offset + height]
        picture = blurred.T
    return picture


def _levels(layer: Floats) -> Floats:
    ratio = 2 ** (1 / _SCALES_AN_OCTAVE)
    levels = [layer]
    for number in range(_SCALES_AN_OCTAVE + 2):
        sigma = _SCALE_MIN * ratio**number
        levels.append(_blurred(levels[-1], sigma * math.sqrt(ratio**2 - 1)))
    stacked: Floats = np.stack(levels)
    return stacked


def _octave(levels: Floats, step: int) -> list[tuple[Any, ...]]:
    """The spots of one octave: how much each stands out, x, y, scale, mark, weak bits."""
    change = levels[1:] - levels[:-1]
    level, row, column = _extrema(change)

    def near(levels_up: int, down: int, right: int) -> Floats:
        neighbours: Floats = change[level + levels_up, row + down, column + right]
        return neighbours

    here = near(0, 0, 0)
    across = near(0, 0, -1) + near(0, 0, 1) - 2 * here
    down = near(0, -1, 0) + near(0, 1, 0) - 2 * here
    slant = (near(0, -1, -1) + near(0, 1, 1) - near(0, -1, 1) - near(0, 1, -1)) / 4
    curvature = across * down - slant**2
    is_spot = (curvature > 0) & (  # and no edge, along which it would slide
        (across + down) ** 2 * _EDGE_RATIO_MAX < (_EDGE_RATIO_MAX + 1) ** 2 * curvature
    )
    x = column + _peak(near(0, 0, -1), here, near(0, 0, 1))
    y = row + _peak(near(0, -1, 0), here, near(0, 1, 0))
    scale = _SCALE_MIN * 2 ** (
        (level + _peak(near(-1, 0, 0), here, near(1, 0, 0))) / _SCALES_AN_OCTAVE
    )
    reach = _REACH * scale
    height, width = levels.shape[1:]
    is_inside = (np.minimum(x, y) > reach - 0.5) & (x + reach < width - 0.5)
    kept = np.flatnonzero(is_spot & is_inside & (y + reach < height - 0.5))
    if not len(kept):
        return []
    patches = _patches(levels, level[kept], x[kept], y[kept], reach[kept])
    standing_out = np.abs(here[kept]) * np.sqrt(step * scale[kept])
    spots = zip(standing_out, step * x[kept], step * y[kept], step * scale[kept], strict=True)
    return [(*spot, *what) for spot, what in zip(spots, _described(patches), strict=True)]


def _extrema(change: Floats) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
    """Level, row and column of what is higher, or lower, than all 26 neighbours."""
    inner = change[1:-1, 1:-1, 1:-1]
    is_top = np.abs(inner) > _CONTRAST_MIN
    is_bottom = is_top.copy()
    depth, height, width = inner.shape
    for up, down, right in np.ndindex(3, 3, 3):
        if (up, down, right) != (1, 1, 1):
            other = change[up : up + depth, down : down + height, right : right + width]
            is_top &= inner > other
            is_bottom &= inner < other
    level, row, column = np.nonzero(is_top | is_bottom)
    return level + 1, row + 1, column + 1


def _peak(before: Floats, here: Floats, after: Floats) -> Floats:
    """Where the parabola through three neighbours has its peak, -0.5 to 0.5 from the middle."""
    bend = before + after - 2 * here
    bend = np.where(np.abs(bend) < 1e-6, np.float32(1e-6), bend)
    return np.clip((before - after) / (2 * bend), -0.5, 0.5)


def _patches(levels: Floats, level: NDArray[Any], x: Floats, y: Floats, reach: Floats) -> Floats:
    """The squares around the spots, each on a grid of 16 x 16, between the pixels."""
    along = (np.arange(_GRID) + 0.5) / _GRID * 2 - 1
    height, width = levels.shape[1:]
    columns, rows = x[:, None] + along * reach[:, None], y[:, None] + along * reach[:, None]
    left = np.clip(np.floor(columns).astype(int), 0, width - 2)
    top = np.clip(np.floor(rows).astype(int), 0, height - 2)
    right_share = np.clip(columns - left, 0, 1)[:, None, :]
    low_share = np.clip(rows - top, 0, 1)[:, :, None]
    at, top, left = level[:, None, None], top[:, :, None], left[:, None, :]
    upper = levels[at, top, left] * (1 - right_share) + levels[at, top, left + 1] * right_share
    top = top + 1
    lower = levels[at, top, left] * (1 - right_share) + levels[at, top, left + 1] * right_share
    patches: Floats = (upper * (1 - low_share) + lower * low_share).astype(np.float32)
    return patches


def _described(patches: Floats) -> list[tuple[int, NDArray[Any]]]:
    """The mark of each patch, and which of its bits are weakest."""
    frequencies = np.einsum("uy,nyx,vx->nuv", _COSINES, patches, _COSINES)[:, _ROWS, _COLUMNS]
    marks = ((frequencies > 0).astype(np.uint64) << np.arange(BITS, dtype=np.uint64)).sum(axis=1)
    weak = np.argsort(np.abs(frequencies), axis=1)[:, :WEAK]
    return [(int(mark), bits) for mark, bits in zip(marks, weak, strict=True)]


def _apart(spots: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """The first of the spots, none nearly the same as one before it."""
    kept: list[tuple[Any, ...]] = []
    for spot in spots:
        _, x, y, scale, *_ = spot
        if all(
            math.hypot(x - other[1], y - other[2]) > min(scale, other[3])
            or abs(math.log2(scale / other[3])) > 0.5
            for other in kept
        ):
            kept.append(spot)
        if len(kept) == MARKS_MAX:
            break
    return kept


def _packed(spots: list[tuple[Any, ...]]) -> NDArray[Any]:
    packed = np.zeros(len(spots), POINT)
    for place, (_, x, y, scale, mark, weak) in zip(packed, spots, strict=True):
        place["mark"] = mark - (1 << BITS) if mark >> (BITS - 1) else mark
        for name, value in (("x", x), ("y", y), ("scale", scale)):
            place[name] = round(float(value) * POSITION_UNITS)
        place["weak"] = weak
    return packed
