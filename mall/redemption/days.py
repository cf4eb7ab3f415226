"""A shop's day: how much it took, who took it, what was taken back, who paid beside the points."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import func, select

from app.kernel import clock
from app.kernel.db import db
from app.register.identity.models import User
from mall.campaigns.models import Funder, Subsidy
from mall.redemption.models import PaymentMethod, Redemption, RedemptionState


@dataclass(frozen=True)
class Part:
    """What one clerk took, or customers paid by the shop's code; ``void_`` is what went back."""

    clerk_id: UUID | None  # none: by the shop's code
    clerk_name: str | None
    payment_method: PaymentMethod
    count: int
    points: int
    void_count: int
    void_points: int


@dataclass(frozen=True)
class FunderPart:
    """What a funder paid for purchases of the day, less what came back."""

    funder_id: UUID
    funder_name: str
    subsidy_fen: int


@dataclass(frozen=True)
class Day:
    """The sums of a day; void redemptions are counted apart."""

    on: date
    parts: Sequence[Part]
    funders: Sequence[FunderPart]
    hours: Sequence[int]  # points taken in each hour of China's clock

    @property
    def count(self) -> int:
        return sum(part.count for part in self.parts)

    @property
    def points(self) -> int:
        return sum(part.points for part in self.parts)

    @property
    def void_count(self) -> int:
        return sum(part.void_count for part in self.parts)

    @property
    def void_points(self) -> int:
        return sum(part.void_points for part in self.parts)

    @property
    def subsidy_fen(self) -> int:
        return sum(part.subsidy_fen for part in self.funders)


def shop_day(county_id: int, shop_id: UUID, on: date) -> Day:
    """The shop's day by clerk and means, and by funder. All amounts in points or fen."""
    return Day(
        on,
        _parts(county_id, shop_id, on),
        _funders(county_id, shop_id, on),
        _hours(county_id, shop_id, on),
    )


def _hours(county_id: int, shop_id: UUID, on: date) -> list[int]:
    hour = func.extract("hour", func.timezone("Asia/Shanghai", Redemption.paid_at))
    rows = db.session.execute(
        select(hour, func.sum(Redemption.points))
        .where(
            Redemption.county_id == county_id,
            Redemption.shop_id == shop_id,
            Redemption.state == RedemptionState.PAID,
            Redemption.paid_at >= clock.day_start(on),
            Redemption.paid_at < clock.day_end(on),
        )
        .group_by(hour)
    )
    taken = {int(which): int(points) for which, points in rows}
    return [taken.get(which, 0) for which in range(24)]


def _parts(county_id: int, shop_id: UUID, on: date) -> list[Part]:
    is_paid = Redemption.state == RedemptionState.PAID
    points = func.coalesce(func.sum(Redemption.points).filter(is_paid), 0)
    void_points = func.coalesce(func.sum(Redemption.points).filter(~is_paid), 0)
    rows = db.session.execute(
        select(
            Redemption.clerk_id,
            User.name,
            Redemption.payment_method,
            func.count().filter(is_paid),
            points,
            func.count().filter(~is_paid),
            void_points,
        )
        .outerjoin(User, User.id == Redemption.clerk_id)
        .where(
            Redemption.county_id == county_id,
            Redemption.shop_id == shop_id,
            Redemption.paid_at >= clock.day_start(on),
            Redemption.paid_at < clock.day_end(on),
        )
        .group_by(Redemption.clerk_id, User.name, Redemption.payment_method)
        .order_by(points.desc(), Redemption.clerk_id, Redemption.payment_method)
    )
    return [
        Part(clerk_id, name, method, count, int(taken), voids, int(back))
        for clerk_id, name, method, count, taken, voids, back in rows
    ]


def _funders(county_id: int, shop_id: UUID, on: date) -> list[FunderPart]:
    paid = func.sum(Subsidy.subsidy_fen - Subsidy.given_back_fen)
    rows = db.session.execute(
        select(Funder.id, Funder.name, paid)
        .join(Funder, Funder.id == Subsidy.funder_id)
        .where(Subsidy.county_id == county_id, Subsidy.shop_id == shop_id, Subsidy.paid_on == on)
        .group_by(Funder.id, Funder.name)
        .order_by(paid.desc(), Funder.id)
    )
    return [FunderPart(funder_id, name, int(fen)) for funder_id, name, fen in rows]
