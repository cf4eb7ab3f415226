"""What lines cost: rounded over the day, so that many small weighings pay no more than one.

And what a sale will earn beside its price, which counts under the same limits.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from uuid import UUID

from app.points.awards.payable import Deed, Earned, Table, payable
from app.points.awards.rules import LINES, Rule, Rules
from app.recycling.sales.errors import NoPrice
from app.recycling.sales.models import Material, SaleLine


@dataclass(frozen=True)
class Weighed:
    """One material on the scale: grams, or pieces of what is counted."""

    material: Material
    quantity: int


@dataclass(frozen=True)
class SoldBefore:
    """What a household sold of a material on a day, nothing undone."""

    grams: int = 0
    pieces: int = 0
    price_thousandths: int = 0  # of a fen, not rounded
    points: int = 0  # what it was paid


# Points for grams in all, and for those of low value among them.
Bonus = Callable[[int, int], int]


def bonus_by(table: Table, *, day: date, places: Collection[UUID]) -> Bonus:
    """What a sale of the day earns by its weight in the places, boosts included."""
    return partial(_bonus, table, day, places)


def _bonus(table: Table, day: date, places: Collection[UUID], grams: int, low_value: int) -> int:
    weighed = {Rule.SALE_BONUS: grams, Rule.LOW_VALUE_BONUS: low_value}
    deeds = [Deed(rule, day, quantity, places=places) for rule, quantity in weighed.items()]
    return sum(payable(table, deed, Earned()).points for deed in deeds)


def low_value_grams(lines: Sequence[SaleLine]) -> int:
    """What of the lines hardly has a price."""
    return sum(line.grams or 0 for line in lines if line.material.is_low_value)


def priced(
    weighed: Sequence[Weighed], rules: Rules, sold: Mapping[Material, SoldBefore]
) -> list[SaleLine]:
    """The lines of a sale at the policy's prices, after what was ``sold`` on the same day.

    A line's points are the day's total of its material, half a fen rounded up, without what was
    paid for it before; whatever was undone meanwhile, it is at most a fen beside its own price.

    Raises:
        NoPrice: nobody pays for this.
    """
    before, lines = dict(sold), []
    for number, one in enumerate(weighed, start=1):
        line = _line(number, one, rules, before.get(one.material, SoldBefore()))
        before[one.material] = _after(before.get(one.material, SoldBefore()), line)
        lines.append(line)
    return lines


def _line(number: int, weighed: Weighed, rules: Rules, before: SoldBefore) -> SaleLine:
    material, quantity = weighed.material, weighed.quantity
    price_fen = rules.price_fen(material.value)
    if price_fen == 0 and not material.is_low_value:
        raise NoPrice(label=LINES[f"price.{material.value}"].label.partition("，")[0])
    is_counted = material.is_counted
    return SaleLine(
        number=number,
        material=material,
        grams=None if is_counted else quantity,
        pieces=quantity if is_counted else None,
        price_fen=price_fen,
        points=quantity * price_fen if is_counted else _points(quantity * price_fen, before),
    )


def _points(price_thousandths: int, before: SoldBefore) -> int:
    of_the_day = (before.price_thousandths + price_thousandths + 500) // 1_000
    least, most = price_thousandths // 1_000, -(-price_thousandths // 1_000)
    return min(max(of_the_day - before.points, least), most)


def _after(before: SoldBefore, line: SaleLine) -> SoldBefore:
    grams, pieces = line.grams or 0, line.pieces or 0
    return SoldBefore(
        grams=before.grams + grams,
        pieces=before.pieces + pieces,
        price_thousandths=before.price_thousandths + grams * line.price_fen,
        points=before.points + line.points,
    )
