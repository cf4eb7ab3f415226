"""How weights were found, which of two counts, and what a full bin weighs. Whole numbers only."""

from enum import StrEnum

from app.register.assets.streams import Stream


class How(StrEnum):
    """How a weight was found, the best way first."""

    CERTIFIED = "certified"  # by a device with a valid certificate
    SCALE = "scale"
    COUNTED = "counted"
    TYPED = "typed"
    RECKONED = "reckoned"  # from how full it was

    @property
    def rank(self) -> int:
        """0 is the best."""
        return list(How).index(self)


GRAMS_A_LITRE = {
    Stream.KITCHEN: 550,
    Stream.CATERING: 900,
    Stream.RESIDUAL: 180,
    Stream.RECYCLABLE: 80,
    Stream.HAZARDOUS: 300,
}
DIFFER_GRAMS, DIFFER_PERCENT = 1_000, 2


def reckoned_grams(
    stream: Stream, *, litres: int, fill_percent: int, containers: int = 1
) -> int | None:
    """What so many containers weigh, each rounded down; none where nobody knows a litre."""
    density = GRAMS_A_LITRE.get(stream)
    if density is None:
        return None
    return containers * (litres * fill_percent * density // 100)


def differ(given: int, taken: int) -> bool:
    """Whether two weights lie further apart than a kilogram and two percent of the larger."""
    apart = abs(given - taken)
    return apart > DIFFER_GRAMS and apart * 100 > DIFFER_PERCENT * max(given, taken)
