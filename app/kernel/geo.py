"""Places: one system of coordinates everywhere, GCJ-02, in which China's maps are drawn.

Phones, the mini-program's map and shops speak it. Exif and trackers speak WGS-84, some 480 metres
away: what they say is converted where it comes in. Beyond the mainland's rectangle both are one.
"""

from math import asin, cos, pi, radians, sin, sqrt

MICRO = 1_000_000  # a place is kept in whole millionths of a degree
_EARTH_METRES = 6_371_009  # its mean radius
_AXIS, _ECCENTRICITY = 6_378_245.0, 0.00669342162296594323  # of Krassovsky's ellipsoid
_MIDDLE = 35.0, 105.0
_SOUTH, _NORTH, _WEST, _EAST = 0.8293, 55.8271, 72.004, 137.8347
_ROUNDS = 12  # each brings it nearer by a factor of some hundred


def from_wgs84(latitude: float, longitude: float) -> tuple[float, float]:
    """The place in GCJ-02, in degrees; exact."""
    if not (_SOUTH <= latitude <= _NORTH and _WEST <= longitude <= _EAST):
        return latitude, longitude
    north, east = _shift(latitude, longitude)
    return latitude + north, longitude + east


def to_wgs84(latitude: float, longitude: float) -> tuple[float, float]:
    """The place in WGS-84, in degrees, found by trying: only for layers that are not shifted."""
    found = latitude, longitude
    for _ in range(_ROUNDS):
        shifted = from_wgs84(*found)
        found = found[0] + latitude - shifted[0], found[1] + longitude - shifted[1]
    return found


def micro(degrees: float) -> int:
    """Degrees as they are kept."""
    return round(degrees * MICRO)


def metres_between(one: tuple[int, int], other: tuple[int, int]) -> int:
    """How far two kept places lie apart."""
    north, south = radians(one[0] / MICRO), radians(other[0] / MICRO)
    east = radians((one[1] - other[1]) / MICRO)
    half = sin((north - south) / 2) ** 2 + cos(north) * cos(south) * sin(east / 2) ** 2
    return round(2 * _EARTH_METRES * asin(sqrt(half)))


def _shift(latitude: float, longitude: float) -> tuple[float, float]:
    y, x = latitude - _MIDDLE[0], longitude - _MIDDLE[1]
    both = (20 * sin(6 * x * pi) + 20 * sin(2 * x * pi)) * 2 / 3
    north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * sqrt(abs(x)) + both
    north += (20 * sin(y * pi) + 40 * sin(y / 3 * pi)) * 2 / 3
    north += (160 * sin(y / 12 * pi) + 320 * sin(y * pi / 30)) * 2 / 3
    east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * sqrt(abs(x)) + both
    east += (20 * sin(x * pi) + 40 * sin(x / 3 * pi)) * 2 / 3
    east += (150 * sin(x / 12 * pi) + 300 * sin(x / 30 * pi)) * 2 / 3
    magic = 1 - _ECCENTRICITY * sin(radians(latitude)) ** 2
    north_metres = _AXIS * (1 - _ECCENTRICITY) / (magic * sqrt(magic))
    east_metres = _AXIS / sqrt(magic) * cos(radians(latitude))
    return north * 180 / (north_metres * pi), east * 180 / (east_metres * pi)
