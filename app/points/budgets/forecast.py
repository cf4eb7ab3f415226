"""How long money lasts, by arithmetic alone. Whole days only: a part of one is not a day."""

from datetime import date, timedelta

from app.points.awards import Rule, Table

MONTH_DAYS = 30  # of the forecast by caps
TREND_DAYS = 28  # four weeks, so that each day of the week counts the same
_GRADES = (Rule.CHECKED_A, Rule.CHECKED_B, Rule.CHECKED_C)


def points_per_month_max(table: Table, *, day: date) -> int:
    """The most that the policy can give for one household in the 30 days from ``day``.

    That is every photo and every check paid, at the grade that gives most, with what the liaison
    earns for looking, and the checks on the days that give most. A campaign counts wherever it is.
    Bonuses for what is sold and prizes for places have no cap for a household and are left out.
    """
    days = [day + timedelta(days=n) for n in range(MONTH_DAYS)]
    photos = table.rules.tariff(Rule.SELF_CHECK).paid_per_day or 0
    checks = table.rules.tariff(Rule.CHECKED_A)
    dearest = sorted(
        (
            max(_most(table, grade, day) for grade in _GRADES) + _most(table, Rule.INSPECTION, day)
            for day in days
            for _ in range(checks.paid_per_day or 0)
        ),
        reverse=True,
    )
    by_photos = photos * sum(_most(table, Rule.SELF_CHECK, day) for day in days)
    return by_photos + sum(dearest[: checks.paid_per_month or 0]) + _by_score(table)


def _by_score(table: Table) -> int:
    """A month's part of a whole base, rounded up."""
    rules = table.rules
    if not rules.score_months:
        return 0
    return -(-sum(rules.score_items().values()) * rules.score_rate // rules.score_months)


def _most(table: Table, rule: Rule, day: date) -> int:
    plain = table.rules.tariff(rule).points
    return max(
        [plain]
        + [
            campaign.points(plain)
            for campaign in table.boosts
            if campaign.is_on(rule, day, [campaign.region_id] if campaign.region_id else ())
        ]
    )


def days_by_caps(left_fen: int, *, households: int, table: Table, day: date) -> int | None:
    """How many days the money lasts at least; None when nothing can be earned."""
    month_fen = points_per_month_max(table, day=day) * households
    return max(left_fen, 0) * MONTH_DAYS // month_fen if month_fen else None


def days_by_trend(left_fen: int, *, earned_lately: int, observed_days: int) -> int | None:
    """How many days it lasts if awards go on as lately; None when there were none."""
    return max(left_fen, 0) * observed_days // earned_lately if earned_lately else None
