"""One household whole, for the staff of its place."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text

from app.kernel import clock
from app.kernel.db import db
from app.kernel.secrets import masked_name
from app.points import ledger
from app.points.awards import debts
from app.register.households import queries as households
from app.register.households.errors import HouseholdNotFound
from app.register.households.models import RelationKind
from app.sorting.rates import queries as rates
from app.sorting.rates.arithmetic import Counts
from overviews.residents.lines import Line, lines

LINES = 10
PHOTOS = 4


@dataclass(frozen=True)
class RecentPhoto:
    """A photo of the household's sorting, its own or another's."""

    photo_id: UUID
    kind: str  # self_check, check
    at: datetime
    state: str  # of the self-check, or the grade of the check
    points: int


@dataclass(frozen=True)
class Related:
    """A household that does not judge this one."""

    household_id: UUID
    kind: RelationKind
    head: str  # masked
    place: str


@dataclass(frozen=True)
class Overview:
    """What an office shows of a household. Phones and ID numbers are masked."""

    household: households.HouseholdRow
    entered_on: date
    members: Sequence[households.MemberRow]
    points: int
    buckets: Sequence[ledger.Bucket]
    owed: int
    lines: Sequence[Line]
    days: Sequence[rates.Day]  # of this month
    counts: Counts  # of this month, days that are over
    card: str | None  # the number's tail
    card_state: str | None
    proxies: int
    related: Sequence[Related]
    care_reasons: Sequence[str]
    care_review_on: date | None
    open_orders: int
    photos: Sequence[RecentPhoto]


_MORE = text("""
    SELECT
      (h.created_at AT TIME ZONE 'Asia/Shanghai')::date AS entered_on,
      (SELECT json_build_array(right(k.number, 3), k.state) FROM cards k
        WHERE k.county_id = :county AND k.household_id = h.id AND k.state <> 'ended'
        ORDER BY k.id DESC LIMIT 1) AS card,
      (SELECT count(*) FROM proxies p
        WHERE p.county_id = :county AND p.household_id = h.id AND p.ended_at IS NULL
          AND p.last_on >= :day) AS proxies,
      (SELECT json_agg(json_build_array(o.id, r.kind, m.name, g.name || ' ' || o.door_number))
         FROM household_relations r
         JOIN households o ON o.id = CASE WHEN r.household_id = h.id
                                          THEN r.other_id ELSE r.household_id END
         JOIN regions g ON g.id = o.group_id
         LEFT JOIN members m ON m.household_id = o.id AND m.is_head
        WHERE h.id IN (r.household_id, r.other_id) AND r.ended_at IS NULL) AS related,
      (SELECT json_build_array(e.reasons, e.review_on) FROM care_entries e
        WHERE e.county_id = :county AND e.household_id = h.id AND e.ended_at IS NULL) AS care,
      (SELECT count(*) FROM orders o
        WHERE o.county_id = :county AND o.household_id = h.id AND o.ended_at IS NULL) AS orders,
      (SELECT json_agg(json_build_array(f.photo_id, f.kind, f.at, f.state, f.points)
                       ORDER BY f.at DESC)
         FROM (
           (SELECT s.photo_id, 'self_check' AS kind, s.submitted_at AS at, s.state,
                   CASE WHEN s.state = 'approved' THEN coalesce(a.points, 0) ELSE 0 END AS points
              FROM self_checks s
              LEFT JOIN awards a ON a.county_id = s.county_id AND a.source = 'self_check'
                                AND a.evidence_id = s.id
             WHERE s.county_id = :county AND s.household_id = h.id
             ORDER BY s.id DESC LIMIT :photos)
           UNION ALL
           (SELECT c.photo_id, 'check', c.at, c.grade, coalesce(a.points, 0)
              FROM checks c
              LEFT JOIN awards a ON a.county_id = c.county_id AND a.source = 'checked'
                                AND a.evidence_id = c.id
             WHERE c.county_id = :county AND c.household_id = h.id AND c.photo_id IS NOT NULL
             ORDER BY c.at DESC LIMIT :photos)
           ORDER BY 3 DESC LIMIT :photos) f) AS photos
    FROM households h WHERE h.id = :household
""")


def overview(
    county_id: int, household_id: UUID, *, places: Collection[UUID], at: datetime
) -> Overview:
    """A household in the places. Who calls leaves the trace of the look.

    Raises:
        HouseholdNotFound: it lies elsewhere.
    """
    found = households.household_inside(household_id, places)
    if found is None:
        raise HouseholdNotFound()
    today = clock.day_of(at)
    month = rates.Period(today.replace(day=1), today)
    buckets = ledger.household_buckets(county_id, household_id, day=today)
    asked = {"county": county_id, "household": household_id, "day": today, "photos": PHOTOS}
    more = db.session.execute(_MORE, asked).one()
    card, card_state = more.card or (None, None)
    reasons, review_on = more.care or ((), None)
    return Overview(
        household=found.household,
        entered_on=more.entered_on,
        members=found.members,
        points=sum(bucket.available for bucket in buckets),
        buckets=buckets,
        owed=debts.debt(county_id, household_id),
        lines=lines(county_id, household_id, before=None, limit=LINES),
        days=rates.days_of(county_id, household_id, month),
        counts=rates.counts_of_households(county_id, [household_id], month)[household_id],
        card=card,
        card_state=card_state,
        proxies=more.proxies,
        related=[_related(one) for one in more.related or ()],
        care_reasons=reasons,
        care_review_on=date.fromisoformat(review_on) if review_on else None,
        open_orders=more.orders,
        photos=[_photo(one) for one in more.photos or ()],
    )


def _related(found: list[Any]) -> Related:
    id_, kind, head, place = found
    return Related(UUID(id_), RelationKind(kind), masked_name(head or ""), place)


def _photo(found: list[Any]) -> RecentPhoto:
    photo_id, kind, at, state, points = found
    return RecentPhoto(UUID(photo_id), kind, datetime.fromisoformat(at), state or "", points)
