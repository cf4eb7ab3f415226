"""People who change their household: with their stays, and the phones on which they act for it."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import exists, func, select, update

from app.kernel.db import db
from app.kernel.ids import uuid7
from app.kernel.secrets import vault
from app.register.households.life.changing import Newcomer
from app.register.households.life.errors import HeadElsewhere
from app.register.households.models import Binding, BindingMethod, Household, Member, MemberStay
from app.register.identity import service as identity
from app.register.people import service as people


def living(household_id: UUID) -> Sequence[Member]:
    """Who lives in the household, as far as the register knows them, the head first."""
    rows = db.session.scalars(
        select(Member)
        .where(Member.household_id == household_id, Member.left_on.is_(None))
        .order_by(Member.is_head.desc(), Member.id)
    )
    return rows.all()


def move(members: Collection[Member], to: Household, *, day: date, at: datetime) -> int:
    """Let members live in another household; returns how many phones go with them.

    Their tokens end: who is signed in as one household is asked anew before they are of another.
    """
    moved = [member.id for member in members]
    for member in members:
        member.household_id, member.is_head = to.id, False
    db.session.flush()
    _stay(moved, to.id, day, at)
    return _rebind(moved, to.id, at)


def leave(member: Member, *, day: date, at: datetime) -> int:
    """Let somebody live in no household any more; returns how many phones they acted on.

    Their number leads nowhere from now on.
    """
    member.left_on, member.phone_sealed, member.phone_index = day, None, None
    db.session.flush()
    _end_stays([member.id], day)
    return len(_unbound([member.id], at))


def enter_head(newcomer: Newcomer, to: Household, at: datetime) -> Member:
    """Enter somebody whom nobody knows as the head of a household that has none.

    Raises:
        HeadElsewhere: somebody of the register has this ID number.
    """
    if is_known(to.county_id, newcomer):
        raise HeadElsewhere()
    index = vault().index(newcomer.id_number, "id_number")
    known = people.enter(county_id=to.county_id, id_number_indexes=[index], at=at)
    phone = newcomer.phone
    member = Member(
        id=uuid7(at),
        county_id=to.county_id,
        household_id=to.id,
        person_id=known[index],
        name=newcomer.name,
        id_number_sealed=vault().seal(newcomer.id_number, "id_number"),
        id_number_index=index,
        phone_sealed=vault().seal(phone, "phone") if phone else None,
        phone_index=vault().index(phone, "phone") if phone else None,
        is_head=True,
        is_party_member=False,
        created_at=at,
    )
    db.session.add(member)
    db.session.flush()
    return member


def is_known(county_id: int, newcomer: Newcomer) -> bool:
    """Whether somebody of the register has the newcomer's ID number."""
    index = vault().index(newcomer.id_number, "id_number")
    found = exists().where(Member.county_id == county_id, Member.id_number_index == index)
    return bool(db.session.scalar(select(found)))


def helped_by(member_ids: Collection[UUID], *, but: Collection[UUID]) -> int:
    """Of how many households, besides some, the members are liaisons."""
    found = select(func.count()).where(
        Household.liaison_id.in_(member_ids), Household.id.not_in(but)
    )
    return db.session.scalar(found) or 0


def _stay(member_ids: Sequence[UUID], household_id: UUID, day: date, at: datetime) -> None:
    _end_stays(member_ids, day)
    db.session.add_all(
        MemberStay(id=uuid7(at), member_id=one, household_id=household_id, from_on=day)
        for one in member_ids
    )
    db.session.flush()


def _end_stays(member_ids: Sequence[UUID], day: date) -> None:
    db.session.execute(
        update(MemberStay)
        .where(MemberStay.member_id.in_(member_ids), MemberStay.until_on.is_(None))
        .values(until_on=func.greatest(MemberStay.from_on, day))
        .execution_options(synchronize_session=False)
    )


def _rebind(member_ids: Sequence[UUID], household_id: UUID, at: datetime) -> int:
    bound = _unbound(member_ids, at)
    db.session.add_all(
        Binding(
            id=uuid7(at),
            user_id=one.user_id,
            household_id=household_id,
            member_id=one.member_id,
            method=BindingMethod.MOVED,
            bound_at=at,
        )
        for one in bound
    )
    db.session.flush()
    return len(bound)


def _unbound(member_ids: Sequence[UUID], at: datetime) -> Sequence[Binding]:
    """The bindings of the members, ended, and their tokens with them."""
    bound = db.session.scalars(
        select(Binding)
        .where(Binding.member_id.in_(member_ids), Binding.ended_at.is_(None))
        .order_by(Binding.id)
    ).all()
    for one in bound:
        one.ended_at = at
        identity.revoke_tokens(user_id=one.user_id)
    db.session.flush()  # a user has one open binding
    return bound
