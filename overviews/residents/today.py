"""A household's day on one screen: what was done, what it earned, and what waits."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text

from app.kernel import clock
from app.kernel.db import db
from app.kernel.ids import first_id
from app.messages.delivery.reading import UNREAD_SINCE
from app.points import ledger
from app.points.awards.rules import Rule
from app.sorting.inspections.models import Grade, Setting
from app.sorting.self_checks.models import SelfCheckState

_SEEN = {
    Setting.BOOTH: "投放点有人看见",
    Setting.BIN: "收集时有人看见",
    Setting.DOOR: "有人上门看见",
}
_PHOTOS = {
    SelfCheckState.SCREENING: "照片收到了，正在处理",
    SelfCheckState.WAITING: "拍过了，等着看",
    SelfCheckState.ESCALATED: "拍过了，请别人再看看",
    SelfCheckState.APPROVED: "照片通过了",
    SelfCheckState.REJECTED: "照片退回了",
    SelfCheckState.UNREADABLE: "照片打不开，请重拍",
}


@dataclass(frozen=True)
class PutOut:
    """Somebody saw the household's waste."""

    at: datetime
    setting: Setting

    @property
    def words(self) -> str:
        return _SEEN[self.setting]


@dataclass(frozen=True)
class Photo:
    """The newest self-check of the day."""

    id: UUID
    photo_id: UUID
    state: SelfCheckState
    submitted_at: datetime
    points: int

    @property
    def words(self) -> str:
        return _PHOTOS[self.state]


@dataclass(frozen=True)
class Looked:
    """The newest check of the day that gave a grade."""

    at: datetime
    setting: Setting
    grade: Grade


@dataclass(frozen=True)
class ReadyOrder:
    """An order that can be picked up, or is on its way."""

    id: UUID
    state: str
    way: str
    shop_name: str
    goods: str  # the first of them
    count: int  # of lines
    holds_until: datetime
    closes_at: time | None  # of the shop today, if it has told its hours and serves

    @property
    def words(self) -> str:
        goods = self.goods if self.count == 1 else f"{self.goods}等 {self.count} 样"
        if self.state == "on_the_way":
            return f"{goods}在路上了"
        return f"{goods}备好了，可以去取" if self.way == "pick_up" else f"{goods}备好了，等着送"


@dataclass(frozen=True)
class Today:
    """All of a household's day."""

    on: date
    points: int
    buckets: Sequence[ledger.Bucket]
    put_out: PutOut | None
    photo: Photo | None
    photo_points: int  # what an approved photo earns
    check: Looked | None
    checks_this_month: int
    points_today: int  # that came in
    points_in_notice: int  # decided, and not the household's yet
    ready_orders: Sequence[ReadyOrder]
    sales_to_confirm: int
    unread: int
    put_outs_this_month: int
    photo_days_this_month: int

    @property
    def days_this_month(self) -> int:
        return self.on.day


_TODAY = text("""
    SELECT
      (SELECT json_build_array(c.at, c.setting) FROM checks c
        WHERE c.county_id = :county AND c.household_id = :household AND c.at >= :since
          AND c.at < :until AND c.is_put_out AND c.state = 'counted'
        ORDER BY c.at LIMIT 1) AS put_out,
      (SELECT json_build_array(s.id, s.photo_id, s.state, s.submitted_at,
                               CASE WHEN s.state = 'approved' THEN coalesce(a.points, 0) ELSE 0 END)
         FROM self_checks s
         LEFT JOIN awards a ON a.county_id = s.county_id AND a.source = 'self_check'
                           AND a.evidence_id = s.id
        WHERE s.county_id = :county AND s.household_id = :household
          AND s.id >= CAST(:since_id AS uuid)
        ORDER BY s.id DESC LIMIT 1) AS photo,
      (SELECT json_build_array(c.at, c.setting, c.grade) FROM checks c
        WHERE c.county_id = :county AND c.household_id = :household AND c.at >= :since
          AND c.at < :until AND c.grade IS NOT NULL AND c.state = 'counted'
        ORDER BY c.at DESC LIMIT 1) AS looked,
      (SELECT count(*) FROM checks c
        WHERE c.county_id = :county AND c.household_id = :household AND c.at >= :month
          AND c.at < :until AND c.grade IS NOT NULL AND c.state = 'counted') AS checks,
      (SELECT p.rules ->> :rule FROM policies p
        WHERE p.county_id = :county AND p.in_force_from <= :day
        ORDER BY p.in_force_from DESC, p.version DESC LIMIT 1) AS photo_points,
      (SELECT coalesce(sum(a.points - a.repaid), 0) FROM awards a
        WHERE a.county_id = :county AND a.household_id = :household
          AND a.id >= CAST(:lately AS uuid) AND a.paid_at >= :since AND a.paid_at < :until
          AND a.reversed_at IS NULL) +
      (SELECT coalesce(sum(s.points), 0) FROM sales s
        WHERE s.county_id = :county AND s.household_id = :household AND s.state = 'paid'
          AND s.id >= CAST(:lately AS uuid) AND coalesce(s.answered_at, s.sold_at) >= :since)
        AS points_today,
      (SELECT coalesce(sum(a.points), 0) FROM awards a
        WHERE a.county_id = :county AND a.household_id = :household AND a.points > 0
          AND a.transfer_id IS NULL AND a.reversed_at IS NULL) AS in_notice,
      (SELECT json_agg(json_build_array(o.id, o.state, o.way, h.name, l.name, l.count, o.due_at,
                                        t.closes_at) ORDER BY o.id)
         FROM orders o
         JOIN shops h ON h.id = o.shop_id
         CROSS JOIN LATERAL (
           SELECT (array_agg(ol.name ORDER BY ol.id))[1] AS name, count(*) AS count
             FROM order_lines ol WHERE ol.county_id = o.county_id AND ol.order_id = o.id
              AND ol.state = 'open') l
         LEFT JOIN LATERAL (
           SELECT max(sh.closes_at) AS closes_at FROM shop_hours sh
            WHERE sh.shop_id = o.shop_id AND sh.weekday = :weekday
              AND NOT EXISTS (SELECT FROM shop_closed_days d
                               WHERE d.shop_id = o.shop_id AND d.on_day = :day)) t ON true
        WHERE o.county_id = :county AND o.household_id = :household
          AND o.state IN ('ready', 'on_the_way')) AS orders,
      (SELECT count(*) FROM sales s
        WHERE s.county_id = :county AND s.household_id = :household
          AND s.state = 'awaiting_yes') AS sales,
      (SELECT count(*) FROM notices n
        WHERE n.county_id = :county AND n.id > m.mark AND n.household_id = :household) +
      (SELECT count(*) FROM notices n
        WHERE n.county_id = :county AND n.id > m.mark AND n.user_id = :user) +
      (SELECT count(DISTINCT n.id) FROM role_grants g
         JOIN regions r ON g.place_id = ANY (r.path)
         JOIN notices n ON n.county_id = :county AND n.region_id = r.id AND n.id > m.mark
                       AND n.role = g.role
        WHERE g.user_id = :user AND g.revoked_at IS NULL) AS unread,
      (SELECT json_build_array(coalesce(sum(d.put_outs), 0), coalesce(sum(d.self_checks), 0))
         FROM household_days d
        WHERE d.county_id = :county AND d.household_id = :household
          AND d.on_day BETWEEN :first AND :day) AS month
    FROM (SELECT coalesce(
            (SELECT read_until FROM notice_marks WHERE user_id = :user),
            CAST(:unread_since AS uuid)) AS mark) m
""")
# An award is decided days before it is paid, a large sale hours.
_LATELY = timedelta(days=120)


def today(*, county_id: int, household_id: UUID, user_id: UUID, at: datetime) -> Today:
    """A household's day as one of its members sees it, in two queries."""
    day = clock.day_of(at)
    asked = {
        "county": county_id,
        "household": household_id,
        "user": user_id,
        "day": day,
        "first": day.replace(day=1),
        "weekday": day.isoweekday(),
        "since": clock.day_start(day),
        "until": clock.day_end(day),
        "month": clock.day_start(day.replace(day=1)),
        "since_id": first_id(clock.day_start(day)),
        "lately": first_id(at - _LATELY),
        "unread_since": first_id(at - UNREAD_SINCE),
        "rule": Rule.SELF_CHECK.value,
    }
    row = db.session.execute(_TODAY, asked).one()
    buckets = ledger.household_buckets(county_id, household_id, day=day)
    return Today(
        on=day,
        points=sum(bucket.available for bucket in buckets),
        buckets=buckets,
        put_out=_put_out(row.put_out),
        photo=_photo(row.photo),
        photo_points=int(row.photo_points or 0),
        check=_looked(row.looked),
        checks_this_month=row.checks,
        points_today=int(row.points_today),
        points_in_notice=int(row.in_notice),
        ready_orders=[_order(order) for order in row.orders or ()],
        sales_to_confirm=row.sales,
        unread=row.unread,
        put_outs_this_month=row.month[0],
        photo_days_this_month=row.month[1],
    )


def _put_out(found: list[Any] | None) -> PutOut | None:
    return PutOut(datetime.fromisoformat(found[0]), Setting(found[1])) if found else None


def _photo(found: list[Any] | None) -> Photo | None:
    if found is None:
        return None
    id_, photo_id, state, submitted_at, points = found
    sent = datetime.fromisoformat(submitted_at)
    return Photo(UUID(id_), UUID(photo_id), SelfCheckState(state), sent, points)


def _looked(found: list[Any] | None) -> Looked | None:
    if found is None:
        return None
    return Looked(datetime.fromisoformat(found[0]), Setting(found[1]), Grade(found[2]))


def _order(found: list[Any]) -> ReadyOrder:
    id_, state, way, shop, goods, count, due_at, closes_at = found
    return ReadyOrder(
        id=UUID(id_),
        state=state,
        way=way,
        shop_name=shop,
        goods=goods or "商品",
        count=count,
        holds_until=datetime.fromisoformat(due_at),
        closes_at=time.fromisoformat(closes_at) if closes_at else None,
    )
