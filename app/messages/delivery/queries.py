"""Whom a notice reaches, what somebody may read, and who is still to be told."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Text,
    and_,
    cast,
    exists,
    func,
    or_,
    select,
)
from sqlalchemy.orm import aliased

from app.kernel.db import db
from app.kernel.lists import Listed, Wanted, listed
from app.kernel.secrets import vault
from app.messages.delivery.models import MessageCredit, MessageTemplate
from app.messages.delivery.notices import UNTOLD
from app.messages.delivery.reading import About, about, read_until
from app.messages.delivery.words import words
from app.messages.notices import Notice, NoticeState
from app.messages.notices.kinds import kinds
from app.register.households.models import Binding, Household, Member
from app.register.identity.models import RoleGrant, User, WechatAccount
from app.register.identity.roles import Grant
from app.register.regions.models import Region
from app.register.regions.queries import inside
from app.register.trust import phones_of

Ringing = aliased(Notice)
LISTED_FOR = timedelta(days=7)  # how long each morning tells of what one person may have read


@dataclass(frozen=True)
class Addressee:
    """A user who agreed to a message of the notice's kind."""

    user_id: UUID
    openid: str


@dataclass(frozen=True)
class ShownNotice:
    """A notice as the person reads it for whom it is."""

    id: UUID
    title: str
    sentence: str
    state: NoticeState
    written_at: datetime
    kind: str
    about: About | None
    is_read: bool


@dataclass(frozen=True)
class OnBoard:
    """A household that somebody of the village is to tell something."""

    id: UUID
    group: str
    door_number: str
    head: str
    sentence: str
    written_at: datetime


@dataclass(frozen=True)
class Unreached:
    county_id: int
    village_id: UUID | None  # none: they are one person each, of the county
    notices: int


def due(at: datetime, limit: int) -> list[tuple[int, UUID]]:
    """County and id of the notices to be sent now, those that wait longest first."""
    rows = db.session.execute(
        select(Notice.county_id, Notice.id)
        .where(Notice.due_at <= at)
        .order_by(Notice.due_at)
        .limit(limit)
    )
    return [(county_id, notice_id) for county_id, notice_id in rows]


def template(notice: Notice) -> MessageTemplate | None:
    """The template for notices of this kind, if the operator has set one."""
    return db.session.get(MessageTemplate, notice.kind)


def templates() -> Sequence[MessageTemplate]:
    return db.session.scalars(select(MessageTemplate).order_by(MessageTemplate.kind)).all()


def addressees(notice: Notice, appid: str) -> list[Addressee]:
    """The users whom WeChat may tell: of the household, the one it is for, or the officials."""
    rows = db.session.execute(
        select(WechatAccount.user_id, WechatAccount.openid)
        .join(User, and_(User.id == WechatAccount.user_id, ~User.is_blocked))
        .join(
            MessageCredit,
            and_(
                MessageCredit.user_id == User.id,
                MessageCredit.kind == notice.kind,
                MessageCredit.credits > 0,
            ),
        )
        .where(WechatAccount.appid == appid, _is_addressed(notice))
        .order_by(WechatAccount.user_id)
    )
    return [Addressee(user_id, openid) for user_id, openid in rows]


def _is_addressed(notice: Notice) -> ColumnElement[bool]:
    if notice.household_id is not None:
        bound = select(Binding.user_id).where(
            Binding.household_id == notice.household_id, Binding.ended_at.is_(None)
        )
        if notice.act_of is not None:
            # A phone that came with the act, or after it, is not how the household hears of it.
            bound = bound.where(Binding.bound_at < notice.written_at)
        return User.id.in_(bound)
    if notice.user_id is not None:
        return User.id == notice.user_id
    over = select(func.unnest(Region.path)).where(Region.id == notice.region_id)
    return User.id.in_(
        select(RoleGrant.user_id).where(
            RoleGrant.role == notice.role,
            RoleGrant.revoked_at.is_(None),
            RoleGrant.place_id.in_(over),
        )
    )


def phone_of_head(household_id: UUID) -> str | None:
    """The phone number of a household's head, if the roster has one."""
    sealed = db.session.scalar(
        select(Member.phone_sealed).where(Member.household_id == household_id, Member.is_head)
    )
    return vault().unseal(sealed, "phone") if sealed else None


def readable(
    *,
    county_id: int,
    user_id: UUID,
    household_id: UUID | None,
    grants: Iterable[Grant],
    wanted: Wanted,
    at: datetime,
) -> Listed[ShownNotice]:
    """What a user is told: themselves, as one of a household, and by each role where it holds."""
    mine = [
        Notice.user_id == user_id,
        *(
            and_(Notice.role == grant.role, Notice.region_id.in_(inside([grant.place_id])))
            for grant in grants
        ),
    ]
    if household_id is not None:
        mine.append(Notice.household_id == household_id)
    query = select(Notice).where(Notice.county_id == county_id, or_(*mine))
    read = read_until(user_id, at)
    found = listed(query, Notice, wanted, day=Notice.written_at)
    return found.each(lambda notice: _shown(notice, is_read=notice.id <= read))


def of_another(user_id: UUID) -> ColumnElement[bool]:
    """Notices that tell of nobody's act, or of somebody's who is not this person."""
    return or_(Notice.act_of.is_(None), Notice.act_of.not_in(phones_of(user_id)))


def untold(*, before: datetime) -> list[tuple[Notice, UUID]]:
    """Notices of somebody's act, with the village, that stand on the board since ``before``.

    Those of which the town was told already are left out.
    """
    rung = exists().where(
        Ringing.county_id == Notice.county_id,
        Ringing.kind == UNTOLD.name,
        Ringing.topic == cast(Notice.id, Text),
    )
    rows = db.session.execute(
        select(Notice, Household.village_id)
        .join(Household, Household.id == Notice.household_id)
        .where(
            Notice.state == NoticeState.ON_BOARD,
            Notice.act_of.is_not(None),
            Notice.written_at <= before,
            ~rung,
        )
        .order_by(Notice.id)
    )
    return [(notice, village_id) for notice, village_id in rows]


def unreached_homes(*, before: datetime) -> list[Unreached]:
    """How many notices of somebody's act stand on the board since then, untold, by village."""
    rows = db.session.execute(
        select(Notice.county_id, Household.village_id, func.count())
        .join(Household, Household.id == Notice.household_id)
        .where(
            Notice.state == NoticeState.ON_BOARD,
            Notice.act_of.is_not(None),
            Notice.written_at <= before,
        )
        .group_by(Notice.county_id, Household.village_id)
    )
    return [Unreached(*row) for row in rows]


def unreached_people(*, before: datetime) -> list[Unreached]:
    """How many that protect one person no message carried, by county.

    Whether they have opened the mini-program nobody knows, so it is told for a week.
    """
    rows = db.session.execute(
        select(Notice.county_id, func.count())
        .where(
            Notice.state == NoticeState.LISTED,
            Notice.kind.in_([kind.name for kind in kinds().values() if kind.protects]),
            Notice.user_id.is_not(None),
            Notice.written_at <= before,
            Notice.written_at > before - LISTED_FOR,
        )
        .group_by(Notice.county_id)
    )
    return [Unreached(county_id, None, notices) for county_id, notices in rows]


def stuck(*, before: datetime) -> int:
    """How many notices should have been sent by then, and were not: deliveries that fail."""
    return db.session.scalar(select(func.count()).where(Notice.due_at <= before)) or 0


def on_board(
    *, county_id: int, user_id: UUID, places: Sequence[UUID], before: UUID | None, limit: int
) -> list[OnBoard]:
    """Households of the places whom neither WeChat nor a text message reached, newest first.

    Without those that are to hear of what the user did.
    """
    query = (
        select(Notice, Region.name, Household.door_number, Member.name)
        .join(Household, Household.id == Notice.household_id)
        .join(Region, Region.id == Household.group_id)
        .join(Member, and_(Member.household_id == Household.id, Member.is_head))
        .where(
            Notice.county_id == county_id,
            Notice.state == NoticeState.ON_BOARD,
            Household.group_id.in_(inside(places)),
            of_another(user_id),
        )
    )
    if before is not None:
        query = query.where(Notice.id < before)
    return [
        OnBoard(notice.id, group, door, head, words(notice).sentence, notice.written_at)
        for notice, group, door, head in db.session.execute(
            query.order_by(Notice.id.desc()).limit(limit)
        )
    ]


def _shown(notice: Notice, *, is_read: bool) -> ShownNotice:
    said = words(notice)
    return ShownNotice(
        id=notice.id,
        title=said.title,
        sentence=said.sentence,
        state=notice.state,
        written_at=notice.written_at,
        kind=notice.kind,
        about=about(notice),
        is_read=is_read,
    )
