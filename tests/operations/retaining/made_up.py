"""Rows made up for any table, so that its ends can be tried: every column has some value."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from app.kernel.clock import day_of

# What a table's CHECKs want besides: the row is the one that the end is about.
WHO, WHEN = uuid4(), datetime(2026, 5, 4, tzinfo=UTC)
BUT: dict[str, dict[str, Any]] = {
    "appeals": {"state": "stands", "answer": "维持"},
    "bank_orders": {"state": "accepted"},
    "care_entries": {"reasons": ["ill"], "ended_by": WHO, "ended_because": "better"},
    "cash_outs": {"state": "created"},
    "check_conflicts": {
        "reason": "clock_off",
        "outcome": "count",
        "note": "手机时间不对",
        "resolved_by": WHO,
    },
    "checks": {
        "setting": "bin",
        "checked_as": "collector",
        "latitude": 30,
        "longitude": 120,
        "kinds": [],
        "wrong_kinds": [],
    },
    "cool_offs": {"begun_at": datetime(2020, 1, 1, tzinfo=UTC)},
    "content_checks": {
        "verdict": "pass",
        "answered_at": WHEN,
        "photo_id": WHO,
        "county_id": 1,
        "asked_at": WHEN,
    },
    "handovers": {
        "from_household_id": WHO,
        "taken_by": WHO,
        "taken_as": "collector",
        "taken_at": WHEN,
        "taken_said": b"digest",
        "lat_e6": 30_000_000,
        "lon_e6": 120_000_000,
        "state": "settled",
        "settled_by": WHO,
        "settled_at": WHEN,
        "settled_note": "看过磅单",
    },
    "household_days": {"checks": 2},
    "household_relations": {
        "household_id": UUID(int=1),
        "other_id": UUID(int=2),
        "ended_by": WHO,
    },
    "idempotent_answers": {"body": b"{}"},
    "merchant_applications": {"state": "rejected", "decided_by": WHO, "reason": "证照过期"},
    "notices": {"state": "listed", "household_id": WHO},
    "orders": {
        "way": "delivery",
        "state": "handed_over",
        "received_by": "朱阿婆",
        "code_digest": b"digest",
    },
    "pending_payments": {"state": "declined", "decided_at": WHEN, "subsidy_fen": 0},
    "photo_measures": {"latitude": 30, "longitude": 120},
    "proxies": {"first_on": date(2020, 1, 1), "ended_by": WHO, "ended_at": WHEN},
    "reviews": {
        "verdict": "escalate",
        "note": "看不清",
        "judged_by": WHO,
        "leased_by": WHO,
        "leased_at": WHEN,
        "leased_until": WHEN,
    },
    "risk_flags": {"state": "cleared", "judged_by": WHO, "note": "问过了"},
    "self_checks": {"state": "waiting", "findings": [{"weight": 40}]},
    "statement_entries": {"entry_class": "bank_only"},
    "visits": {
        "way": "random",
        "week_on": date(2026, 5, 4),
        "from_on": date(2026, 5, 4),
        "reassigned_by": WHO,
        "reassigned_because": "请假",
    },
    "voucher_claims": {
        "state": "decided",
        "outcome": "refund",
        "note": "已经用过",
        "proposed_by": uuid4(),
        "proposed_at": WHEN,
        "decided_by": WHO,
    },
}


def row(table: sa.Table, *, clock: str, at: datetime) -> dict[str, Any]:
    """A row of the table whose ``clock`` shows ``at``."""
    made = {
        column.name: value(column)
        for column in table.columns
        if not (column.nullable or column.identity or column.server_default is not None)
    }
    made |= BUT.get(table.name, {})
    is_day = isinstance(table.c[clock].type, sa.Date)
    return made | {clock: day_of(at) if is_day else at}


def value(column: sa.Column) -> Any:
    kind = column.type
    if isinstance(kind, sa.Enum):
        return next(iter(kind.enum_class)) if kind.enum_class else kind.enums[0]
    if isinstance(kind, postgresql.ARRAY | sa.ARRAY):
        return []
    for made_for, made in (
        (sa.Uuid, uuid4()),
        (sa.DateTime, datetime(2026, 5, 4, tzinfo=UTC)),
        (sa.Date, date(2026, 5, 4)),
        (sa.Boolean, False),
        (sa.LargeBinary, uuid4().bytes * 2),
        (sa.JSON, []),
        (sa.Integer, 1),
        (sa.Numeric, 1),
        (sa.Text, uuid4().hex),
    ):
        if isinstance(kind, made_for):
            return made
    raise TypeError(f"{column} is of a type that nothing is made up for")
