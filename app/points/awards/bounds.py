"""How far one version of the policy may go beyond the one before it.

Whatever two people agree to, a slip of the pen or a fraud by a factor stops here. What is really
wanted comes in two versions, a day apart, which everybody reads.
"""

from collections.abc import Iterator

from app.points.awards.errors import Absurd
from app.points.awards.payable import Table
from app.points.awards.rules import LINES, Line, Rules, Source

TIMES_MAX = 3  # of what the number was before
SMALL = 10  # up to it a number may be chosen freely
DEED_POINTS_MAX = 200  # for a photo, a check, a portion
PRICE_FEN_MAX = 500  # for a kilogram or a piece
# What no version pays, whatever stood there before: a number that was 0 has no factor to stop it.
_MOST = {
    **dict.fromkeys(
        ("self_check.points", "inspection.points", "sale.weight_bonus", "low_value.bonus"),
        DEED_POINTS_MAX,
    ),
    "self_check.cap_per_day": 5,
    "checked.cap_per_day": 5,
    "checked.cap_per_month": 60,
    "inspection.points_per_day_max": 600,
    "sale.pieces_per_day_max": 5_000,
    **dict.fromkeys(
        ("score.kitchen", "score.recyclable", "score.hazardous", "score.residual"), 100
    ),
    "score.rate": 20,
    "rank.month": 5_000,
    "rank.month_next": 2_000,
    "rank.half_year": 20_000,
    "rank.year": 50_000,
}
_COUNTED = frozenset({"分", "次", "克", "个"})
_DEEDS = frozenset({Source.SELF_CHECK, Source.CHECKED, Source.INSPECTION})


def check_within_reason(before: Rules, after: Table) -> None:
    """Refuse a table that pays too much, at once or for one deed.

    Raises:
        Absurd: the details name the keys.
    """
    keys = sorted({*_grown(before, after.rules), *_above(before, after.rules)})
    labels = [LINES[key].label for key in keys]
    for boost in after.boosts:
        base = after.rules.tariff(boost.rule).points
        most = DEED_POINTS_MAX if boost.rule.source in _DEEDS else TIMES_MAX * base
        if boost.points(base) > max(most, SMALL):
            keys.append(boost.rule.value)
            labels.append(boost.name)
    if keys:
        raise Absurd(keys=keys, labels="、".join(labels))


def _grown(before: Rules, after: Rules) -> Iterator[str]:
    old, new = before.as_json(), after.as_json()
    for key, line in LINES.items():
        if line.unit not in _COUNTED:
            continue
        # A portion that becomes smaller is paid more often.
        small, large = (new[key], old[key]) if _is_portion(line) else (old[key], new[key])
        if small and large > SMALL and large > TIMES_MAX * small:
            yield key


def _above(before: Rules, after: Rules) -> Iterator[str]:
    old, new = before.as_json(), after.as_json()
    for key in LINES:
        most = _most(key)
        if most is not None and new[key] > most and new[key] > old[key]:
            yield key


def _most(key: str) -> int | None:
    if key.startswith("price."):
        return PRICE_FEN_MAX
    return DEED_POINTS_MAX if key.startswith("checked.grade_") else _MOST.get(key)


def _is_portion(line: Line) -> bool:
    return line.key.endswith("_grams")
