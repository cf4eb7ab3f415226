"""Claiming what is due, writing down how it went, and what users agreed to."""

from collections.abc import Collection, Mapping
from datetime import datetime, time, timedelta
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert

from app.kernel import audit, clock
from app.kernel.db import db, locked
from app.messages import notices
from app.messages.delivery import queries
from app.messages.delivery.errors import AlreadyTold, BadTemplate, NoticeNotFound
from app.messages.delivery.models import MessageCredit, MessageTemplate
from app.messages.delivery.notices import UNREACHED, UNTOLD
from app.messages.delivery.words import VALUE_NAMES
from app.messages.notices import Notice, NoticeState
from app.outside.wechat.subscribe import LENGTHS, keyword_type
from app.register.households.models import Household
from app.register.identity.caller import Caller
from app.register.identity.roles import Role
from app.register.regions import queries as regions
from app.register.regions.queries import inside

RETRY_AFTER = timedelta(minutes=10)
MORNING, EVENING = time(8), time(21)  # nobody's phone rings at night
CREDITS_MAX = 100
TELLERS = (Role.GROUP_LEADER, Role.VILLAGE_ADMIN, Role.TOWN_ADMIN)
UNREACHED_AFTER = timedelta(days=1)
UNTOLD_AFTER = timedelta(days=7)


def claim(*, county_id: int, notice_id: UUID, at: datetime) -> Notice | None:
    """Begin one try at a notice; none when it is not due, or somebody else has begun.

    The next try is due later already: a process that dies in the middle of this one delays the
    notice and may send it twice, but never loses it. At night the try is put off to the morning.
    """
    is_due = (
        Notice.county_id == county_id,
        Notice.id == notice_id,
        Notice.state == NoticeState.WAITING,
        Notice.due_at <= at,
    )
    if not _is_day(at):
        put_off = update(Notice).where(*is_due).values(due_at=_next_morning(at))
        db.session.execute(put_off)
        return None
    return db.session.scalar(
        update(Notice)
        .where(*is_due)
        .values(tries=Notice.tries + 1, due_at=at + RETRY_AFTER)
        .returning(Notice)
    )


def record(*, county_id: int, notice_id: UUID, state: NoticeState) -> None:
    """Write down where a notice has ended."""
    db.session.execute(
        update(Notice)
        .where(
            Notice.county_id == county_id,
            Notice.id == notice_id,
            Notice.state == NoticeState.WAITING,
        )
        .values(state=state, due_at=None)
    )


def add_credits(*, user_id: UUID, template_ids: Collection[str]) -> None:
    """The user agreed to one more message of each of these templates; unknown ones are ignored."""
    kinds = db.session.scalars(
        select(MessageTemplate.kind).where(MessageTemplate.template_id.in_(template_ids))
    ).all()
    if not kinds:
        return
    # In one order, so that two phones of one user do not wait for each other.
    added = insert(MessageCredit).values(
        [{"user_id": user_id, "kind": kind, "credits": 1} for kind in sorted(kinds)]
    )
    db.session.execute(
        added.on_conflict_do_update(
            index_elements=["user_id", "kind"],
            set_={"credits": func.least(MessageCredit.credits + 1, CREDITS_MAX)},
        )
    )


def spend_credit(*, user_id: UUID, kind: str, is_last: bool) -> None:
    """One message was delivered; or, ``is_last``, WeChat says that there is no agreement left."""
    left = 0 if is_last else func.greatest(MessageCredit.credits - 1, 0)
    db.session.execute(
        update(MessageCredit)
        .where(MessageCredit.user_id == user_id, MessageCredit.kind == kind)
        .values(credits=left)
    )


def set_template(
    *,
    kind: str,
    template_id: str,
    fields: Mapping[str, str],
    county_id: int,
    by: UUID | None,
    at: datetime,
) -> None:
    """Send notices of a kind by this template of WeChat's from now on, in every county.

    ``by`` is somebody of the county named, whose trace keeps it.

    ``fields`` says which value fills which keyword: ``{"thing1": "title"}``.

    Raises:
        BadTemplate: a keyword of no type that WeChat has, or a value that we do not have.
    """
    wrong = [
        f"{keyword}={name}"
        for keyword, name in fields.items()
        if keyword_type(keyword) not in LENGTHS or name not in VALUE_NAMES
    ]
    if wrong or not fields:
        raise BadTemplate(fields=sorted(wrong))
    found = db.session.get(MessageTemplate, kind)
    if found is None:
        found = MessageTemplate(kind=kind, template_id=template_id, fields=dict(fields))
        db.session.add(found)
    found.template_id, found.fields = template_id, dict(fields)
    audit.record(
        "messages.set_template",
        county_id=county_id,
        actor_id=by,
        subject=("message_template", kind),
        at=at,
        template_id=template_id,
    )


def tell_in_person(*, notice_id: UUID, by: Caller, at: datetime) -> None:
    """The caller, of the village, told a household what no message could.

    Raises:
        NoticeNotFound: it is no notice of a household of theirs, or not one for the board, or it
            tells of what the caller did, on this phone or on another.
        AlreadyTold: somebody else was quicker.
    """
    notice = db.session.scalar(
        locked(
            select(Notice).where(
                Notice.county_id == by.county_id,
                Notice.id == notice_id,
                Notice.household_id.in_(
                    select(Household.id).where(Household.group_id.in_(inside(by.places(*TELLERS))))
                ),
                queries.of_another(by.user_id),
            )
        )
    )
    if notice is not None and notice.state is NoticeState.TOLD:
        raise AlreadyTold()
    if notice is None or notice.state is not NoticeState.ON_BOARD:
        raise NoticeNotFound()
    notice.state, notice.told_by, notice.told_at = NoticeState.TOLD, by.user_id, at
    audit.record(
        "notices.tell_in_person",
        county_id=by.county_id,
        actor_id=by.user_id,
        subject=("notice", notice.id),
        at=at,
        household_id=notice.household_id,
    )


def ring_for_untold(*, at: datetime) -> None:
    """Tell town administrators of households who have not heard of somebody's act for a week."""
    for notice, village_id in queries.untold(before=at - UNTOLD_AFTER):
        said = notices.ToOfficials(Role.TOWN_ADMIN, village_id, str(notice.id), {})
        notices.tell(UNTOLD, [said], county_id=notice.county_id, at=at)


def tell_of_unreached(*, at: datetime) -> None:
    """Each morning tell whoever works off the list that somebody has not heard for a day.

    Of households the village's and the town's administrators, who have the board; of single
    people, say the owner of a merchant, the county's, who telephone.
    """
    day = clock.day_of(at).isoformat()
    before = at - UNREACHED_AFTER
    homes, people = queries.unreached_homes(before=before), queries.unreached_people(before=before)
    for found in [*homes, *people]:
        place = found.village_id or regions.root(found.county_id).id
        roles = [Role.VILLAGE_ADMIN, Role.TOWN_ADMIN] if found.village_id else [Role.COUNTY_ADMIN]
        details = {"notices": found.notices}
        said = [
            notices.ToOfficials(role, place, f"{day}:{place}:{role}", details) for role in roles
        ]
        notices.tell(UNREACHED, said, county_id=found.county_id, at=at)


def _is_day(at: datetime) -> bool:
    return MORNING <= at.astimezone(clock.CALENDAR).time() < EVENING


def _next_morning(at: datetime) -> datetime:
    local = at.astimezone(clock.CALENDAR)
    day = local.date() if local.time() < MORNING else local.date() + timedelta(days=1)
    return datetime.combine(day, MORNING, clock.CALENDAR)
