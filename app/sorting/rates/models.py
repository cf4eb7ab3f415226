"""Daily counters of each household, and what is still to be counted."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.db import Model

COUNTERS = (
    "put_outs",
    "self_checks",
    "checks",
    "checks_a",
    "checks_b",
    "visits",
    "visits_passed",
    "judged",
    "approved",
)


class HouseholdDay(Model):
    """What happened at a household on a day in China, counted; a day without a row has zeros.

    Derived from raw rows by ``app.sorting.rates.counting`` alone: it may be counted anew.
    """

    __tablename__ = "household_days"
    __table_args__ = (
        CheckConstraint("put_outs IN (0, 1) AND self_checks IN (0, 1)", name="a_day_counts_once"),
        CheckConstraint(
            "checks_a >= 0 AND checks_b >= 0 AND checks_a + checks_b <= checks",
            name="grades_are_of_checks",
        ),
        CheckConstraint("visits_passed BETWEEN 0 AND visits", name="passed_are_of_visits"),
        CheckConstraint("approved BETWEEN 0 AND judged", name="approved_are_of_judged"),
    )

    county_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    household_id: Mapped[UUID] = mapped_column(ForeignKey("households.id"), primary_key=True)
    on_day: Mapped[date] = mapped_column(primary_key=True)
    put_outs: Mapped[int] = mapped_column(SmallInteger)  # 1: waste was put out that day
    self_checks: Mapped[int] = mapped_column(SmallInteger)  # 1: with one that was not refused
    checks: Mapped[int] = mapped_column(SmallInteger)
    checks_a: Mapped[int] = mapped_column(SmallInteger)
    checks_b: Mapped[int] = mapped_column(SmallInteger)
    visits: Mapped[int] = mapped_column(SmallInteger)  # planned ones, with somebody at home
    visits_passed: Mapped[int] = mapped_column(SmallInteger)
    judged: Mapped[int] = mapped_column(SmallInteger)  # self-checks that a person judged
    approved: Mapped[int] = mapped_column(SmallInteger)


class StaleDay(Model):
    """A household's day of which a raw row was added or changed; triggers write it.

    Marks are only added, never merged: a mark that is seen was committed together with its row.
    """

    __tablename__ = "household_day_marks"
    __table_args__ = (Index("ix_household_day_marks_county", "county_id", "id"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    county_id: Mapped[int]
    household_id: Mapped[UUID]
    on_day: Mapped[date]


class RateWatermark(Model):
    """Up to which moment a county's marks have been counted; its row makes counters take turns."""

    __tablename__ = "rate_watermarks"

    county_id: Mapped[int] = mapped_column(ForeignKey("counties.id"), primary_key=True)
    counted_at: Mapped[datetime | None]
