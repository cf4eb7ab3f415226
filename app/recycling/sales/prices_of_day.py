"""What recyclables bring on a day: the prices of its policy in words."""

from dataclasses import dataclass
from datetime import date

from app.points.awards import queries as awards
from app.points.awards.rules import Rules, read_rules
from app.recycling.sales.models import Material
from app.recycling.sales.words import MATERIALS, kilograms


@dataclass(frozen=True)
class Price:
    """What one material brings: points a kilogram, or a piece."""

    material: Material
    price_points: int

    @property
    def words(self) -> str:
        return MATERIALS[self.material]

    @property
    def unit(self) -> str:
        return "piece" if self.material.is_counted else "kg"

    @property
    def unit_words(self) -> str:
        return "个" if self.material.is_counted else "公斤"

    @property
    def is_low_value(self) -> bool:
        return self.material.is_low_value


@dataclass(frozen=True)
class Prices:
    """The prices of a day."""

    on: date
    policy_version: int
    items: tuple[Price, ...]  # of what has one
    bonuses: tuple[str, ...]


def prices(county_id: int, *, day: date) -> Prices:
    """The prices of the policy in force on the day.

    Raises:
        NoPolicy: none had begun by then.
    """
    policy = awards.policy_of(county_id, day)
    rules = read_rules(policy.rules)
    priced = (Price(material, rules.price_fen(material.value)) for material in Material)
    return Prices(
        on=day,
        policy_version=policy.version,
        items=tuple(one for one in priced if one.price_points),
        bonuses=_bonuses(rules),
    )


def _bonuses(rules: Rules) -> tuple[str, ...]:
    said = (
        ("称重的废品", rules.sale_weight_bonus, rules.sale_weight_bonus_grams),
        ("玻璃、旧衣物、薄膜", rules.low_value_bonus, rules.low_value_bonus_grams),
    )
    return tuple(
        f"{what}每满 {kilograms(grams)} 公斤另奖 {points} 分"
        for what, points, grams in said
        if points
    )
