"""A table of the policy in words, and what differs between two of them."""

from dataclasses import dataclass

from app.points.awards.payable import Table
from app.points.awards.rules import LINES, Line


@dataclass(frozen=True)
class Entry:
    """One line of the table, for programs and for people."""

    key: str
    label: str
    unit: str
    value: int | bool
    text: str


@dataclass(frozen=True)
class Change:
    """What one line said and says; None where it was not there."""

    key: str
    label: str
    old: str | None
    new: str | None


def entries(table: Table) -> list[Entry]:
    """Every line, in the order of the table."""
    values = table.rules.as_json()
    return [
        Entry(line.key, line.label, line.unit, values[line.key], line.text(values[line.key]))
        for line in LINES.values()
    ]


def changes(old: Table, new: Table) -> list[Change]:
    """Per key old and new, then the boosts that went and those that came."""
    before, after = old.rules.as_json(), new.rules.as_json()
    found = [
        Change(key, line.label, _value(line, before[key]), _value(line, after[key]))
        for key, line in LINES.items()
        if before[key] != after[key]
    ]
    gone = [c for c in old.boosts if c not in new.boosts]
    come = [c for c in new.boosts if c not in old.boosts]
    found += [Change("boosts", "积分活动", boost.text(), None) for boost in gone]
    found += [Change("boosts", "积分活动", None, boost.text()) for boost in come]
    return found


def _value(line: Line, value: int) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    return f"{value} {line.unit}"
