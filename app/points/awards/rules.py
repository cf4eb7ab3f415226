"""The table of a points policy, typed: docs/points-policy.md explains each key.

Every number is policy, kept in the database by version. The defaults below only fill the first
version of a new county. A key that came later is absent from the versions made before it: it then
counts as ``absent``, so that those versions go on to say what they always said.
"""

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from enum import StrEnum
from typing import Any

from app.points.awards.errors import BadRules

NUMBER_MAX = 100_000
DAYS_MAX = 90
_REQUIRED = object()  # a key of the first versions: no table is without it


class Source(StrEnum):
    """How points are earned; each source has caps of its own."""

    SELF_CHECK = "self_check"  # 自查: the household photographs its own sorting
    CHECKED = "checked"  # 被查: somebody looked at the household's sorting
    INSPECTION = "inspection"  # 督查: looking at the sorting of others
    SALE = "sale"  # a bonus by weight for recyclables that were sold
    LOW_VALUE = "low_value"  # a bonus for what hardly has a price
    RANK = "rank"  # a place among the households of a group or village
    SCORE = "score"  # what findings have left of a household's base at the end of a period


class Rule(StrEnum):
    """The line of the policy that an award rests on."""

    SELF_CHECK = "self_check.points"
    CHECKED_A = "checked.grade_a"
    CHECKED_B = "checked.grade_b"
    CHECKED_C = "checked.grade_c"
    INSPECTION = "inspection.points"
    SALE_BONUS = "sale.weight_bonus"
    LOW_VALUE_BONUS = "low_value.bonus"
    SCORE = "score.rate"
    RANK_MONTH = "rank.month"
    RANK_MONTH_NEXT = "rank.month_next"
    RANK_HALF_YEAR = "rank.half_year"
    RANK_YEAR = "rank.year"

    @property
    def source(self) -> Source:
        return Source(self.value.partition(".")[0])


@dataclass(frozen=True)
class Tariff:
    """What one event under a rule is worth, and how often a household is paid for its source."""

    points: int
    per: int = 1  # for each so many of what was counted, say grams; a part of them gives nothing
    paid_per_day: int | None = None
    paid_per_month: int | None = None
    points_per_day: int | None = None


@dataclass(frozen=True)
class Line:
    """One key of the table, as people read it."""

    key: str
    label: str
    unit: str  # empty for a switch
    most: int
    least: int
    absent: Any

    def text(self, value: int) -> str:
        """Say "自查照片审核通过：5 分"."""
        if isinstance(value, bool):
            return f"{self.label}：{'是' if value else '否'}"
        return f"{self.label}：{value} {self.unit}"


def _line(
    key: str,
    default: int,
    label: str,
    unit: str = "",
    *,
    most: int = NUMBER_MAX,
    least: int = 0,
    absent: Any = _REQUIRED,
) -> Any:
    return field(default=default, metadata={"line": Line(key, label, unit, most, least, absent)})


@dataclass(frozen=True)
class Rules:
    """One version of the table."""

    self_check_points: int = _line("self_check.points", 5, "自查照片审核通过，每次得", "分")
    self_check_cap_per_day: int = _line("self_check.cap_per_day", 1, "自查每户每天最多奖励", "次")
    checked_grade_a: int = _line("checked.grade_a", 10, "上门检查评为 A 级，每次得", "分")
    checked_grade_b: int = _line("checked.grade_b", 5, "上门检查评为 B 级，每次得", "分")
    checked_grade_c: int = _line("checked.grade_c", 0, "上门检查评为 C 级，每次得", "分")
    checked_cap_per_day: int = _line("checked.cap_per_day", 1, "上门检查每户每天最多奖励", "次")
    checked_cap_per_month: int = _line("checked.cap_per_month", 8, "上门检查每户每月最多奖励", "次")
    inspection_points: int = _line("inspection.points", 2, "上门检查别家，每查一户得", "分")
    inspection_points_per_day_max: int = _line(
        "inspection.points_per_day_max", 20, "上门检查别家，每天最多得", "分"
    )
    inspection_pays_officials: bool = _line(
        "inspection.pays_officials", False, "干部上门检查也给积分"
    )
    # Paper, plastic and metal, each by itself, pay more than the three in one bag.
    price_mixed: int = _line("price.mixed", 50, "废纸、塑料、金属混在一起，每公斤", "分", absent=0)
    price_paper: int = _line("price.paper", 70, "废纸，每公斤", "分", absent=0)
    price_plastic: int = _line("price.plastic", 70, "废塑料，每公斤", "分", absent=0)
    price_metal: int = _line("price.metal", 60, "废金属，每公斤", "分", absent=0)
    price_textiles: int = _line("price.textiles", 20, "旧衣物，每公斤", "分", absent=0)
    price_glass: int = _line("price.glass", 0, "废玻璃，每公斤", "分", absent=0)
    price_film: int = _line("price.film", 0, "塑料薄膜，每公斤", "分", absent=0)
    price_bottle: int = _line("price.bottle", 4, "饮料瓶，每个", "分", absent=0)
    sale_weight_bonus: int = _line(
        "sale.weight_bonus", 1, "卖可回收物按重量另奖，每满一份得", "分", absent=0
    )
    sale_weight_bonus_grams: int = _line(
        "sale.weight_bonus_grams", 500, "按重量另奖，一份是", "克", least=1, absent=500
    )
    low_value_bonus: int = _line(
        "low_value.bonus", 2, "玻璃、旧衣物、薄膜另奖，每满一份得", "分", absent=0
    )
    low_value_bonus_grams: int = _line(
        "low_value.bonus_grams",
        1_000,
        "玻璃、旧衣物、薄膜另奖，一份是",
        "克",
        least=1,
        absent=1_000,
    )
    sale_grams_per_day_max: int = _line(
        "sale.grams_per_day_max", 100_000, "每户每天最多卖", "克", most=1_000_000, absent=100_000
    )
    sale_pieces_per_day_max: int = _line(
        "sale.pieces_per_day_max", 500, "每户每天最多卖饮料瓶", "个", absent=500
    )
    score_months: int = _line(
        "score.months", 0, "底分制，几个月算一次（0 表示不用）", "个月", most=3, absent=0
    )
    score_kitchen: int = _line("score.kitchen", 25, "底分：厨余垃圾", "分", absent=25)
    score_recyclable: int = _line("score.recyclable", 25, "底分：可回收物", "分", absent=25)
    score_hazardous: int = _line("score.hazardous", 25, "底分：有害垃圾", "分", absent=25)
    score_residual: int = _line("score.residual", 25, "底分：其他垃圾", "分", absent=25)
    score_loss: int = _line("score.loss", 5, "每发现一次放错，这一项扣", "分", absent=5)
    score_checks_min: int = _line(
        "score.checks_min", 1, "一期里至少查过几次才折算", "次", least=1, most=100, absent=1
    )
    score_rate: int = _line("score.rate", 1, "期末剩下的底分，每 1 分折算", "分", absent=0)
    rank_in_groups: bool = _line("rank.in_groups", False, "每月在组里排名", absent=False)
    rank_in_villages: bool = _line(
        "rank.in_villages", False, "每半年和每年在村里排名", absent=False
    )
    rank_month: int = _line("rank.month", 500, "组里排在最前面的，每户得", "分", absent=0)
    rank_month_percent: int = _line(
        "rank.month_percent", 10, "组里排在最前面的，占全组", "%", most=50, absent=0
    )
    rank_month_next: int = _line("rank.month_next", 200, "组里接着往下的，每户得", "分", absent=0)
    rank_month_next_percent: int = _line(
        "rank.month_next_percent", 20, "组里接着往下的，占全组", "%", most=50, absent=0
    )
    rank_half_year: int = _line("rank.half_year", 2_000, "半年排名靠前的，每户得", "分", absent=0)
    rank_year: int = _line("rank.year", 5_000, "全年排名靠前的，每户得", "分", absent=0)
    rank_village_percent: int = _line(
        "rank.village_percent", 5, "半年和全年排名靠前的，占全村", "%", most=50, absent=0
    )
    rank_active_days: int = _line(
        "rank.active_days", 15, "平均每月至少有积分的天数，才参加排名", "天", most=31, absent=15
    )
    rank_wait_days: int = _line("rank.wait_days", 5, "排名在期满后再等", "天", most=28, absent=5)
    expiry_month: int = _line(
        "expiry.month", 3, "积分可以用到第二年的几月", "月", least=1, most=12, absent=3
    )
    expiry_day: int = _line(
        "expiry.day",
        31,
        "积分可以用到那个月的几日（没有这一天就到月底）",
        "日",
        most=31,
        least=1,
        absent=31,
    )
    notice_days: int = _line("notice_days", 0, "积分发放前公示", "天", most=DAYS_MAX, absent=0)
    appeal_days: int = _line(
        "appeal_days", 15, "对积分有疑问，可以提出的期限", "天", most=DAYS_MAX, absent=15
    )

    def tariff(self, rule: Rule) -> Tariff:
        """What the rule says, with the caps of its source."""
        points: int = self.as_json()[rule.value]
        if rule.source is Source.SELF_CHECK:
            return Tariff(points, paid_per_day=self.self_check_cap_per_day)
        if rule.source is Source.CHECKED:
            return Tariff(
                points,
                paid_per_day=self.checked_cap_per_day,
                paid_per_month=self.checked_cap_per_month,
            )
        if rule.source is Source.INSPECTION:
            return Tariff(points, points_per_day=self.inspection_points_per_day_max)
        return Tariff(points, per=self._portions().get(rule, 1))

    def last_day(self, day: date) -> date:
        """The last day on which points earned on ``day`` can be spent, in the year after."""
        year = day.year + 1
        days = monthrange(year, self.expiry_month)[1]
        return date(year, self.expiry_month, min(self.expiry_day, days))

    def price_fen(self, kind: str) -> int:
        """Fen for a kilogram of the kind, or for a piece of what is counted; 0: no price."""
        return self.as_json()[f"price.{kind}"]

    def score_items(self) -> dict[str, int]:
        """What a household begins a period with, by kind of waste."""
        return {
            "kitchen": self.score_kitchen,
            "recyclable": self.score_recyclable,
            "hazardous": self.score_hazardous,
            "residual": self.score_residual,
        }

    def _portions(self) -> dict[Rule, int]:
        return {
            Rule.SALE_BONUS: self.sale_weight_bonus_grams,
            Rule.LOW_VALUE_BONUS: self.low_value_bonus_grams,
        }

    def as_json(self) -> dict[str, int]:
        return {f.metadata["line"].key: getattr(self, f.name) for f in fields(self)}


LINES: dict[str, Line] = {f.metadata["line"].key: f.metadata["line"] for f in fields(Rules)}


def read_rules(table: Mapping[str, Any]) -> Rules:
    """The rules of a table as stored or as sent.

    Raises:
        BadRules: a key is missing or unknown, or a value is not a whole number within reason;
            the details name the keys.
    """
    by_key = {f.metadata["line"].key: f for f in fields(Rules)}
    later = {key: line.absent for key, line in LINES.items() if line.absent is not _REQUIRED}
    whole = later | dict(table)
    wrong = set(whole) ^ set(by_key)
    wrong |= {
        key
        for key, value in whole.items()
        if key in by_key and not _fits(value, LINES[key], type(by_key[key].default))
    }
    if wrong:
        raise BadRules(keys=sorted(wrong), labels="、".join(_labels(wrong)))
    return Rules(**{by_key[key].name: value for key, value in whole.items()})


def _labels(keys: set[str]) -> list[str]:
    return [LINES[key].label if key in LINES else key for key in sorted(keys)]


def _fits(value: object, line: Line, kind: type) -> bool:
    if kind is bool:
        return isinstance(value, bool)
    # bool is an int to Python, and `true` points is a slip.
    return (
        isinstance(value, int) and not isinstance(value, bool) and line.least <= value <= line.most
    )
