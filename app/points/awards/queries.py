"""The policy of a day, what a household has earned, and why."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import aliased

from app.kernel.db import db
from app.kernel.ids import first_id
from app.kernel.lists import Listed, Wanted, listed
from app.kernel.secrets import masked_name
from app.points.awards.errors import AwardNotFound, DraftNotFound, NoPolicy, PolicyNotFound
from app.points.awards.models import Award, Policy, PolicyDraft
from app.points.awards.payable import Earned
from app.points.awards.rules import Rule, Source
from app.register.households.locking import sharing_caps
from app.register.households.models import Household, Member
from app.register.regions.models import Region
from app.register.regions.queries import inside, is_inside


@dataclass(frozen=True)
class Shown:
    """An award as the public sees it before it is paid."""

    id: UUID
    household: str  # the head's name, masked
    group: str
    rule: Rule
    day: date
    points: int
    notice_until: date | None


@dataclass(frozen=True)
class AreaAward:
    """An award as those read it who answer for a place."""

    award: Award
    household: str  # the head's name, masked
    group: str

    @property
    def id(self) -> UUID:
        return self.award.id

    @property
    def household_id(self) -> UUID:
        return self.award.household_id


@dataclass(frozen=True)
class Demand:
    """What a village's awards asked of its budget: in all that wait, and lately."""

    waiting_count: int = 0
    waiting_points: int = 0
    points_lately: int = 0


def newest_version(county_id: int) -> int:
    """The number of the county's newest policy, 0 when it has none."""
    return (
        db.session.scalar(select(func.max(Policy.version)).where(Policy.county_id == county_id))
        or 0
    )


def policy_of(county_id: int, day: date) -> Policy:
    """The policy in force on a day.

    Raises:
        NoPolicy: none had begun by then.
    """
    found = db.session.scalar(
        select(Policy)
        .where(Policy.county_id == county_id, Policy.in_force_from <= day)
        .order_by(Policy.in_force_from.desc(), Policy.version.desc())
        .limit(1)
    )
    if found is None:
        raise NoPolicy()
    return found


def policies(county_id: int, *, before: int | None, limit: int) -> list[Policy]:
    """The county's versions, the newest first; ``before`` is the number to go on from."""
    query = select(Policy).where(Policy.county_id == county_id)
    if before is not None:
        query = query.where(Policy.version < before)
    return list(db.session.scalars(query.order_by(Policy.version.desc()).limit(limit)))


def policy(county_id: int, version: int) -> Policy:
    """Raises PolicyNotFound."""
    found = db.session.get(Policy, (county_id, version))
    if found is None:
        raise PolicyNotFound()
    return found


def drafts(county_id: int, *, before: UUID | None, limit: int) -> list[PolicyDraft]:
    """The county's drafts, the newest first, with those that were approved or withdrawn."""
    query = select(PolicyDraft).where(PolicyDraft.county_id == county_id)
    if before is not None:
        query = query.where(PolicyDraft.id < before)
    return list(db.session.scalars(query.order_by(PolicyDraft.id.desc()).limit(limit)))


def draft(county_id: int, draft_id: UUID) -> PolicyDraft:
    """Raises DraftNotFound."""
    found = db.session.get(PolicyDraft, (county_id, draft_id))
    if found is None:
        raise DraftNotFound()
    return found


def earned(county_id: int, household_id: UUID, source: Source, day: date) -> Earned:
    """What the household earned so far, whether the budget has paid it yet or not.

    With it count those that share its caps: one that was split and stayed at its door is no second.
    """
    on_day = Award.day == day
    row = db.session.execute(
        select(
            func.count().filter(on_day),
            func.coalesce(func.sum(Award.points).filter(on_day), 0),
            func.count(),
        ).where(
            Award.county_id == county_id,
            Award.household_id.in_(sharing_caps(household_id)),
            Award.source == source,
            Award.points > 0,
            Award.day >= day.replace(day=1),
            Award.day < _next_month(day),
        )
    ).one()
    return Earned(int(row[0]), int(row[1]), int(row[2]))


def awards_of(
    county_id: int, household_id: UUID, *, before: UUID | None, limit: int
) -> list[Award]:
    """A household's awards, newest first, those of 0 points among them."""
    query = select(Award).where(Award.county_id == county_id, Award.household_id == household_id)
    if before is not None:
        query = query.where(Award.id < before)
    return list(db.session.scalars(query.order_by(Award.id.desc()).limit(limit)))


def awards_for(county_id: int, evidence_ids: Sequence[UUID]) -> dict[UUID, Award]:
    """The awards that self-checks or checks earned the household they are about, by evidence."""
    rows = db.session.scalars(
        select(Award).where(
            Award.county_id == county_id,
            Award.evidence_id.in_(evidence_ids),
            Award.source != Source.INSPECTION,
        )
    )
    return {award.evidence_id: award for award in rows}


def villages_waiting(day: date) -> list[tuple[int, UUID]]:
    """County and id of the villages with awards that wait for their budget alone on the day."""
    rows = db.session.execute(
        select(Award.county_id, Award.village_id).where(*_UNPAID, _is_shown_by(day)).distinct()
    )
    return [(county_id, village_id) for county_id, village_id in rows]


def waiting_in(county_id: int, village_id: UUID, *, day: date, limit: int) -> list[UUID]:
    """The village's awards that wait for its budget alone on the day, oldest first."""
    return list(
        db.session.scalars(
            select(Award.id)
            .where(
                Award.county_id == county_id,
                Award.village_id == village_id,
                *_UNPAID,
                _is_shown_by(day),
            )
            .order_by(Award.id)
            .limit(limit)
        )
    )


def in_notice(
    county_id: int, village_id: UUID, *, day: date, before: UUID | None, limit: int
) -> list[Shown]:
    """The village's awards that the public may look at on the day before they are paid."""
    group = aliased(Region)
    query = (
        select(Award, Member.name, group.name)
        .join(Household, Household.id == Award.household_id)
        .join(group, group.id == Household.group_id)
        .join(Member, and_(Member.household_id == Household.id, Member.is_head))
        .where(
            Award.county_id == county_id,
            Award.village_id == village_id,
            *_UNPAID,
            Award.notice_until >= day,
        )
        .order_by(Award.id.desc())
        .limit(limit)
    )
    if before is not None:
        query = query.where(Award.id < before)
    return [
        Shown(
            id=award.id,
            household=masked_name(name),
            group=group_name,
            rule=award.rule,
            day=award.day,
            points=award.points,
            notice_until=award.notice_until,
        )
        for award, name, group_name in db.session.execute(query)
    ]


def awards_in(county_id: int, place_ids: Collection[UUID], wanted: Wanted) -> Listed[AreaAward]:
    """The awards of the villages in the places, newest first, those of 0 points among them."""
    group = aliased(Region)
    query = (
        select(Award, Member.name, group.name)
        .join(Household, Household.id == Award.household_id)
        .join(group, group.id == Household.group_id)
        .outerjoin(Member, and_(Member.household_id == Household.id, Member.is_head))
        .where(Award.county_id == county_id, Award.village_id.in_(inside(place_ids)))
    )
    return listed(query, Award, wanted, day=Award.day).each(
        lambda row: AreaAward(row[0], masked_name(row[1] or ""), row[2])
    )


def award_of(
    county_id: int, award_id: UUID, *, household_id: UUID | None, places: Collection[UUID]
) -> Award:
    """An award of the household, or of a village in the places.

    Raises:
        AwardNotFound: it is neither.
    """
    found = award(county_id, award_id)
    if found.household_id != household_id and not is_inside(found.village_id, places):
        raise AwardNotFound()
    return found


def bonuses_of_sale(county_id: int, sale_id: UUID) -> list[Award]:
    """The awards for the weight of what was sold at once."""
    found = db.session.scalars(
        select(Award)
        .where(
            Award.county_id == county_id,
            Award.source.in_([Source.SALE, Source.LOW_VALUE]),
            Award.evidence_id == sale_id,
        )
        .order_by(Award.id)
    )
    return list(found)


def award(county_id: int, award_id: UUID) -> Award:
    """Raises AwardNotFound."""
    found = db.session.get(Award, (county_id, award_id))
    if found is None:
        raise AwardNotFound()
    return found


def households_of(county_id: int, award_ids: Sequence[UUID]) -> list[UUID]:
    """Whose the awards are."""
    return list(
        db.session.scalars(
            select(Award.household_id)
            .where(Award.county_id == county_id, Award.id.in_(award_ids))
            .distinct()
        )
    )


def demand(county_id: int, village_ids: Sequence[UUID], *, since: datetime) -> dict[UUID, Demand]:
    """What awards asked of the villages' budgets, reversed ones left out."""
    standing = (
        Award.county_id == county_id,
        Award.village_id.in_(village_ids),
        Award.reversed_at.is_(None),
    )
    waiting = {
        village_id: (count, int(points))
        for village_id, count, points in db.session.execute(
            select(Award.village_id, func.count(), func.sum(Award.points))
            .where(*standing, *_UNPAID)
            .group_by(Award.village_id)
        )
    }
    # Ids begin with their time: the newest awards are one stretch of the primary key.
    lately = {
        village_id: int(points)
        for village_id, points in db.session.execute(
            select(Award.village_id, func.sum(Award.points))
            .where(*standing, Award.id >= first_id(since))
            .group_by(Award.village_id)
        )
    }
    return {
        village_id: Demand(*waiting.get(village_id, (0, 0)), lately.get(village_id, 0))
        for village_id in waiting.keys() | lately.keys()
    }


_UNPAID = (Award.points > 0, Award.transfer_id.is_(None), Award.reversed_at.is_(None))


def _is_shown_by(day: date) -> ColumnElement[bool]:
    """Whether the public has had its time to look, by the day."""
    return or_(Award.notice_until.is_(None), Award.notice_until < day)


def _next_month(day: date) -> date:
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)
