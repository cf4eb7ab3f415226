"""How long money lasts, by arithmetic alone. Whole days only: a part of one is not a day."""

from app.awards import Rule, Rules

MONTH_DAYS = 30  # of the forecast by caps
TREND_DAYS = 28  # four weeks, so that each day of the week counts the same


def points_per_month_max(rules: Rules) -> int:
    """The most that the policy can give for one household in 30 days.

    That is every photo and every check paid and graded A, with what the liaison earns for looking.
    """
    photos = rules.tariff(Rule.SELF_CHECK)
    checks = rules.tariff(Rule.CHECKED_A)
    looks = min((checks.paid_per_day or 0) * MONTH_DAYS, checks.paid_per_month or 0)
    return (
        photos.points * (photos.paid_per_day or 0) * MONTH_DAYS
        + checks.points * looks
        + rules.tariff(Rule.INSPECTION).points * looks
    )


def days_by_caps(left_fen: int, *, households: int, rules: Rules) -> int | None:
    """How many days the money lasts at least; None when nothing can be earned."""
    month_fen = points_per_month_max(rules) * households
    return max(left_fen, 0) * MONTH_DAYS // month_fen if month_fen else None


def days_by_trend(left_fen: int, *, earned_lately: int, observed_days: int) -> int | None:
    """How many days it lasts if awards go on as lately; None when there were none."""
    return max(left_fen, 0) * observed_days // earned_lately if earned_lately else None
