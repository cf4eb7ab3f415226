"""The table of a points policy, typed: docs/points-policy.md explains each key.

Every number is policy, kept in the database by version. The defaults below only fill the first
version of a new county.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from typing import Any

from app.awards.errors import BadRules

NUMBER_MAX = 100_000


class Source(StrEnum):
    """How points are earned; each source has caps of its own."""

    SELF_CHECK = "self_check"  # 自查: the household photographs its own sorting
    CHECKED = "checked"  # 被查: somebody looked at the household's sorting
    INSPECTION = "inspection"  # 督查: looking at the sorting of others


class Rule(StrEnum):
    """The line of the policy that an award rests on."""

    SELF_CHECK = "self_check.points"
    CHECKED_A = "checked.grade_a"
    CHECKED_B = "checked.grade_b"
    CHECKED_C = "checked.grade_c"
    INSPECTION = "inspection.points"

    @property
    def source(self) -> Source:
        return Source(self.value.partition(".")[0])


@dataclass(frozen=True)
class Tariff:
    """What one event under a rule is worth, and how often a household is paid for its source."""

    points: int
    paid_per_day: int | None = None
    paid_per_month: int | None = None
    points_per_day: int | None = None


def _rule(key: str, default: int) -> Any:
    return field(default=default, metadata={"key": key})


@dataclass(frozen=True)
class Rules:
    """One version of the table."""

    self_check_points: int = _rule("self_check.points", 5)
    self_check_cap_per_day: int = _rule("self_check.cap_per_day", 1)
    checked_grade_a: int = _rule("checked.grade_a", 10)
    checked_grade_b: int = _rule("checked.grade_b", 5)
    checked_grade_c: int = _rule("checked.grade_c", 0)
    checked_cap_per_day: int = _rule("checked.cap_per_day", 1)
    checked_cap_per_month: int = _rule("checked.cap_per_month", 8)
    inspection_points: int = _rule("inspection.points", 2)
    inspection_points_per_day_max: int = _rule("inspection.points_per_day_max", 20)
    inspection_pays_officials: bool = _rule("inspection.pays_officials", False)

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
        return Tariff(points, points_per_day=self.inspection_points_per_day_max)

    def as_json(self) -> dict[str, int]:
        return {f.metadata["key"]: getattr(self, f.name) for f in fields(self)}


def read_rules(table: Mapping[str, Any]) -> Rules:
    """The rules of a table as stored or as sent.

    Raises:
        BadRules: a key is missing or unknown, or a value is not a whole number within reason;
            the details name the keys.
    """
    by_key = {f.metadata["key"]: f for f in fields(Rules)}
    wrong = set(table) ^ set(by_key)
    wrong |= {
        key
        for key, value in table.items()
        if key in by_key and not _fits(value, type(by_key[key].default))
    }
    if wrong:
        raise BadRules(keys=sorted(wrong))
    return Rules(**{by_key[key].name: value for key, value in table.items()})


def _fits(value: object, kind: type) -> bool:
    if kind is bool:
        return isinstance(value, bool)
    # bool is an int to Python, and `true` points is a slip.
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= NUMBER_MAX
