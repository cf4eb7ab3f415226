"""How reviewers judge: how much, how alike, how fast, and how often they were overturned."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, text

from app.kernel.db import db
from app.kernel.lists import Listed, Wanted, listed
from app.kernel.secrets import masked_name
from app.sorting.self_checks.models import Review
from app.sorting.self_checks.settings import settings_of

QUICK_COUNT_MIN = 20  # fewer verdicts say nothing about a habit


@dataclass(frozen=True)
class Agreement:
    """How two people judged the same photos, by what the first and the second said."""

    both_approve: int
    only_first: int  # the first approved, the second rejected
    only_second: int
    both_reject: int

    @property
    def count(self) -> int:
        return self.both_approve + self.only_first + self.only_second + self.both_reject

    def percent(self) -> float | None:
        """In how many of a hundred they agree; None of no photos."""
        if self.count == 0:
            return None
        return round(100 * (self.both_approve + self.both_reject) / self.count, 1)

    def kappa(self) -> float | None:
        """Cohen's kappa: 1 is agreement, 0 what chance would give.

        None of no photos, or when both always said the same one thing: chance alone then gives
        full agreement, and kappa is not defined.
        """
        if self.count == 0:
            return None
        seen = self.both_approve + self.both_reject
        first, second = self.both_approve + self.only_first, self.both_approve + self.only_second
        by_chance = first * second + (self.count - first) * (self.count - second)
        total = self.count**2
        if by_chance == total:
            return None
        return round((seen * self.count - by_chance) / (total - by_chance), 3)


@dataclass(frozen=True)
class ReviewerRecord:
    """One reviewer in one period. Seconds count from when a photo was theirs to judge."""

    id: UUID  # of the user
    name: str | None  # masked
    judged: int
    approved_percent: float
    escalated: int
    judged_twice: int  # of their first verdicts, those with a second one by somebody else
    agreement_percent: float | None
    kappa: float | None
    median_seconds: float
    is_quick: bool  # suspiciously
    overturned_by_third: int
    overturned_on_appeal: int


# A photo that was leased ahead is theirs to judge once the one before it is judged.
_FIGURES = text("""
    WITH given AS (
        SELECT r.judged_by, r.self_check_id, r.round, r.verdict, r.judged_at, s.group_id,
               extract(epoch FROM r.judged_at - greatest(r.leased_at, lag(r.judged_at) OVER (
                   PARTITION BY r.judged_by ORDER BY r.judged_at, r.id))) AS seconds
          FROM reviews r
          JOIN self_checks s ON s.county_id = r.county_id AND s.id = r.self_check_id
         WHERE r.county_id = :county_id AND r.judged_at >= :since AND r.judged_at < :until
           AND (CAST(:user_id AS uuid) IS NULL OR r.judged_by = :user_id)
    )
    SELECT g.judged_by AS id, u.name,
           count(*) AS judged,
           round(100.0 * count(*) FILTER (WHERE g.verdict = 'approve') / count(*), 1) AS approved,
           count(*) FILTER (WHERE g.verdict = 'escalate') AS escalated,
           count(*) FILTER (WHERE g.verdict = 'approve' AND b.verdict = 'approve') AS aa,
           count(*) FILTER (WHERE g.verdict = 'approve' AND b.verdict = 'reject') AS ar,
           count(*) FILTER (WHERE g.verdict = 'reject' AND b.verdict = 'approve') AS ra,
           count(*) FILTER (WHERE g.verdict = 'reject' AND b.verdict = 'reject') AS rr,
           percentile_cont(0.5) WITHIN GROUP (ORDER BY g.seconds) AS median_seconds,
           count(*) FILTER (WHERE g.verdict <> 'escalate' AND t.verdict <> g.verdict) AS by_third,
           count(*) FILTER (WHERE g.verdict = 'reject' AND p.verdict = 'approve') AS on_appeal
      FROM given g
      JOIN users u ON u.id = g.judged_by
      LEFT JOIN reviews b ON b.county_id = :county_id AND b.self_check_id = g.self_check_id
                         AND b.round = 'second' AND g.round = 'first'
      LEFT JOIN reviews t ON t.county_id = :county_id AND t.self_check_id = g.self_check_id
                         AND t.round = 'third' AND g.round = 'first'
      LEFT JOIN reviews p ON p.county_id = :county_id AND p.self_check_id = g.self_check_id
                         AND p.round = 'appeal' AND g.round = 'first'
     WHERE g.round IN ('first', 'second')
       AND (CAST(:places AS uuid[]) IS NULL
            OR g.group_id IN (SELECT id FROM regions WHERE path && CAST(:places AS uuid[])))
       AND (CAST(:before AS uuid) IS NULL OR g.judged_by < :before)
     GROUP BY g.judged_by, u.name
     ORDER BY g.judged_by DESC
     LIMIT :limit
""")


def reviewers(
    county_id: int,
    *,
    places: Collection[UUID],
    since: datetime,
    until: datetime,
    before: UUID | None,
    limit: int,
) -> list[ReviewerRecord]:
    """Whoever gave first or second verdicts on photos of the places in the period, in one page."""
    parts = {"places": list(places), "user_id": None, "before": before, "limit": limit}
    return _figures(county_id, since=since, until=until, **parts)


def own(
    county_id: int, *, user_id: UUID, since: datetime, until: datetime
) -> ReviewerRecord | None:
    """The same of one reviewer, wherever they judged; None when they did not."""
    parts = {"places": None, "user_id": user_id, "before": None, "limit": 1}
    found = _figures(county_id, since=since, until=until, **parts)
    return found[0] if found else None


def _figures(county_id: int, **parts: object) -> list[ReviewerRecord]:
    quick_seconds = settings_of(county_id).quick_seconds
    rows = db.session.execute(_FIGURES, {"county_id": county_id, **parts})
    figures = []
    for row in rows:
        agreement = Agreement(row.aa, row.ar, row.ra, row.rr)
        median = round(float(row.median_seconds), 1)
        figures.append(
            ReviewerRecord(
                id=row.id,
                name=row.name and masked_name(row.name),
                judged=row.judged,
                approved_percent=float(row.approved),
                escalated=row.escalated,
                judged_twice=agreement.count,
                agreement_percent=agreement.percent(),
                kappa=agreement.kappa(),
                median_seconds=median,
                is_quick=row.judged >= QUICK_COUNT_MIN and median < quick_seconds,
                overturned_by_third=row.by_third,
                overturned_on_appeal=row.on_appeal,
            )
        )
    return figures


def verdicts(county_id: int, user_id: UUID, wanted: Wanted) -> Listed[Review]:
    """What a person has judged, the photos that came last first."""
    query = select(Review).where(Review.county_id == county_id, Review.judged_by == user_id)
    return listed(query, Review, wanted, day=Review.judged_at)


@dataclass(frozen=True)
class Today:
    """How far somebody has come today; nobody is praised for being fast."""

    judged: int
    per_hour: int | None  # of the hours in which they judged; none: none yet


_TODAY = text("""
    SELECT count(*),
           count(DISTINCT date_trunc('hour', judged_at))
      FROM reviews
     WHERE county_id = :county_id AND judged_by = :user_id AND judged_at >= :since
""")


def today(county_id: int, *, user_id: UUID, since: datetime) -> Today:
    """What somebody has judged since the beginning of the day."""
    asked = {"county_id": county_id, "user_id": user_id, "since": since}
    judged, hours = db.session.execute(_TODAY, asked).one()
    return Today(judged, judged // hours if hours else None)
