"""Campaigns of a policy: for some days, in some place, a rule gives more (双倍积分周).

They are part of a version and never change in it. An award names its boost by the place in the
version's list, so that the sum can be recomputed from the two.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from app.points.awards.errors import BadBoost
from app.points.awards.rules import LINES, NUMBER_MAX, Rule

CAMPAIGNS_MAX = 20
TIMES_MAX = 10
NAME_MAX = 20
_KEYS = {"name", "rule", "first_day", "last_day", "times", "bonus", "region_id"}


@dataclass(frozen=True)
class Boost:
    """More points for one rule: ``times`` what it gives, plus ``bonus``."""

    name: str
    rule: Rule
    first_day: date
    last_day: date  # inclusive
    times: int
    bonus: int
    region_id: UUID | None  # where; none: the whole county

    def is_on(self, rule: Rule, day: date, places: Collection[UUID]) -> bool:
        """Whether it counts for the rule on the day at a village in these places."""
        return (
            self.rule is rule
            and self.first_day <= day <= self.last_day
            and (self.region_id is None or self.region_id in places)
        )

    def points(self, points: int) -> int:
        """What it makes of the rule's points. A rule that gives nothing still gives nothing."""
        return points * self.times + self.bonus if points else 0

    def as_json(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "rule": self.rule.value,
            "first_day": self.first_day.isoformat(),
            "last_day": self.last_day.isoformat(),
            "times": self.times,
            "bonus": self.bonus,
            "region_id": str(self.region_id) if self.region_id else None,
        }

    def text(self) -> str:
        """Say "双倍积分周（2026-06-01 至 2026-06-07）：自查照片审核通过，每次得 5 分 的 2 倍"."""
        more = f"{self.times} 倍" if self.times > 1 else ""
        if self.bonus:
            more += f"{'，' if more else ''}另加 {self.bonus} 分"
        where = "，只限部分地方" if self.region_id else ""
        return (
            f"{self.name}（{self.first_day} 至 {self.last_day}{where}）："
            f"{LINES[self.rule.value].label.partition('，')[0]}，{more}"
        )


def read_boosts(stored: Sequence[Mapping[str, Any]]) -> tuple[Boost, ...]:
    """The boosts of a version as stored or as sent.

    Raises:
        BadBoost: one of them is not whole or gives nothing more; ``number`` says which.
    """
    if len(stored) > CAMPAIGNS_MAX:
        raise BadBoost(number=CAMPAIGNS_MAX + 1)
    return tuple(_read(number, one) for number, one in enumerate(stored, start=1))


def _read(number: int, stored: Mapping[str, Any]) -> Boost:
    try:
        if set(stored) != _KEYS:
            raise ValueError
        boost = Boost(
            name=str(stored["name"]).strip(),
            rule=Rule(stored["rule"]),
            first_day=date.fromisoformat(stored["first_day"]),
            last_day=date.fromisoformat(stored["last_day"]),
            times=_whole(stored["times"]),
            bonus=_whole(stored["bonus"]),
            region_id=UUID(stored["region_id"]) if stored["region_id"] else None,
        )
    except (ValueError, TypeError, AttributeError):
        raise BadBoost(number=number) from None
    if not (
        1 <= len(boost.name) <= NAME_MAX
        and boost.first_day <= boost.last_day
        and 1 <= boost.times <= TIMES_MAX
        and 0 <= boost.bonus <= NUMBER_MAX
        and (boost.times, boost.bonus) != (1, 0)
    ):
        raise BadBoost(number=number)
    return boost


def _whole(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError
    return value
