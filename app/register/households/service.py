"""Binding users to households: by a phone number of the roster, or in person.

A user acts for one household at a time. The roster says who lives where; a binding says which
WeChat user that is, who verified it and by what.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from app.kernel import audit, texts
from app.kernel.db import db, locked
from app.kernel.ids import uuid7
from app.kernel.secrets import vault
from app.register.households import bindings, queries
from app.register.households.errors import (
    AlreadyBound,
    BadName,
    BindingCodeWrong,
    BindingNotFound,
    HouseholdNotFound,
    PhoneNotOnRoster,
)
from app.register.households.models import (
    Binding,
    BindingCode,
    BindingMethod,
    DocumentKind,
    Household,
    Member,
)
from app.register.identity import queries as identity_queries
from app.register.identity import service as identity
from app.register.identity.caller import Caller
from app.register.identity.errors import AnotherPerson
from app.register.identity.models import User
from app.register.identity.roles import OFFICES, Role
from app.register.people import service as people
from app.register.regions import queries as regions

CODE_DIGITS = 6
CODE_LIFETIME = timedelta(minutes=5)
NAME_LENGTH_MAX = 30
WORKERS = (Role.VILLAGE_ADMIN, Role.TOWN_ADMIN, Role.COUNTY_ADMIN)  # may see documents and bind


@dataclass(frozen=True)
class PhoneBinding:
    """What showing a phone number led to."""

    user_id: UUID
    binding: Binding | None  # none for staff who are of no household
    is_another_user: bool  # the WeChat account is now this user's: give it a new token


@dataclass(frozen=True)
class Met:
    """Somebody who stands before a worker and wants to be bound."""

    user_id: UUID
    village_id: UUID
    member_name: str
    is_known: bool  # the household has a member of this name


def bind_by_phone(*, user_id: UUID, county_id: int, phone: str, at: datetime) -> PhoneBinding:
    """Bind a user to the household whose member has the phone that WeChat vouches for.

    Somebody entered as staff under this phone becomes that user, bound or not.

    Raises:
        PhoneNotOnRoster: the phone leads to no household or to several.
        AlreadyBound: the user acts for a household already.
        identity.Blocked: the phone is that of a blocked user.
        identity.PhoneOfStaff: it is that of somebody with a role, who signs in themselves.
        identity.AnotherPerson: the user holds an office, as somebody else than the roster says.
    """
    proof = identity.prove_phone(user_id=user_id, phone=phone, at=at)
    if proof.moved_from is not None:
        identity.lock_user(proof.user_id)
        _move_binding(proof.moved_from, proof.user_id, at)
    member = _only_household_of(county_id, phone)
    bound = queries.open_binding(proof.user_id)
    if bound is None and member is not None:
        bound = _bind(user_id=proof.user_id, member=member, method=BindingMethod.PHONE, at=at)
    elif proof.moved_from is None:
        raise AlreadyBound() if bound else PhoneNotOnRoster()
    return PhoneBinding(proof.user_id, bound, is_another_user=proof.moved_from is not None)


def move_to(*, from_id: UUID, to_id: UUID, by: UUID, at: datetime) -> None:
    """Let whoever signs in as one user sign in as another, who is bound, as was agreed.

    Raises what ``identity.move_accounts`` does.
    """
    identity.move_accounts(from_id=from_id, to_id=to_id, by=by, at=at)
    _move_binding(from_id, to_id, at)


def issue_binding_code(*, user_id: UUID, at: datetime) -> tuple[str, datetime]:
    """Six digits for the resident's screen, and when they expire; older ones stop working.

    Raises:
        AlreadyBound: the user acts for a household already.
    """
    identity.lock_user(user_id)
    if queries.open_binding(user_id) is not None:
        raise AlreadyBound()
    expires_at = at + CODE_LIFETIME
    db.session.execute(
        delete(BindingCode).where((BindingCode.user_id == user_id) | (BindingCode.expires_at <= at))
    )
    while True:
        digits = f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}}"
        stored = db.session.scalar(
            insert(BindingCode)
            .values(digest=_digest(digits), user_id=user_id, expires_at=expires_at)
            .on_conflict_do_nothing(index_elements=["digest"])  # another's living code: draw again
            .returning(BindingCode.user_id)
        )
        if stored is not None:
            return digits, expires_at


def meet(*, digits: str, household_id: UUID, member_name: str, by: Caller, at: datetime) -> Met:
    """Who shows the digits to a village worker, and as whom; the digits are used up.

    Raises:
        HouseholdNotFound: not in an area where ``by`` may bind.
        BindingCodeWrong: mistyped, expired, used, or shown by a user of another county.
        AlreadyBound: the user acts for a household already.
        BadName: the name is empty, too long or cannot be read.
    """
    name = texts.name(member_name)
    if not 0 < len(name) <= NAME_LENGTH_MAX or texts.unreadable(name):
        raise BadName()
    household = _household_under(by, household_id)
    user_id = _spend_code(texts.digits(digits), by.county_id, at)
    _check_free(user_id)
    return Met(user_id, household.village_id, name, _named(household, name) is not None)


def bind_met(
    *,
    user_id: UUID,
    household_id: UUID,
    member_name: str,
    document: DocumentKind,
    verified_by: UUID,
    at: datetime,
) -> Binding:
    """Bind whom a worker has met, whose document they have looked at.

    A name that the household does not know yet becomes a member of it.

    Raises:
        AlreadyBound: the user acts for a household already.
        identity.AnotherPerson: they hold an office, as somebody else than the member.
    """
    _check_free(user_id)
    return _bind(
        user_id=user_id,
        member=_member_named(db.session.get_one(Household, household_id), member_name, at),
        method=BindingMethod.IN_PERSON,
        at=at,
        verified_by=verified_by,
        document=document,
    )


def end_binding(*, binding_id: UUID, by: Caller, at: datetime) -> Binding:
    """End a binding; its tokens end too.

    One's own, one of the household whose head one is, or one in an area where ``by`` may bind.

    Raises:
        BindingNotFound: no such open binding within reach of ``by``.
    """
    binding = db.session.scalar(
        locked(select(Binding).where(Binding.id == binding_id, Binding.ended_at.is_(None)))
    )
    if binding is None:
        raise BindingNotFound()
    household = db.session.get_one(Household, binding.household_id)
    is_mine = binding.user_id == by.user_id or _is_head(by, household.id)
    if not is_mine and not regions.is_inside(household.village_id, by.places(*WORKERS)):
        raise BindingNotFound()
    binding.ended_at = at
    identity.revoke_tokens(user_id=binding.user_id)
    audit.record(
        "households.end_binding",
        county_id=household.county_id,
        actor_id=by.user_id,
        subject=("binding", binding.id),
        at=at,
        household_id=household.id,
        user_id=str(binding.user_id),
    )
    return binding


def _check_free(user_id: UUID) -> None:
    identity.lock_user(user_id)
    if queries.open_binding(user_id) is not None:
        raise AlreadyBound()


def _is_head(by: Caller, household_id: UUID) -> bool:
    if by.household_id != household_id or by.member_id is None:
        return False
    return db.session.get_one(Member, by.member_id).is_head


def _bind(
    *,
    user_id: UUID,
    member: Member,
    method: BindingMethod,
    at: datetime,
    verified_by: UUID | None = None,
    document: DocumentKind | None = None,
) -> Binding:
    """Write the binding. The caller holds the user's lock and has seen no open binding.

    The user is known as the member's person from now on, whatever becomes of the binding.
    """
    _know_user(user_id, member, at)
    is_first = not bindings.bound([member.household_id])
    binding = Binding(
        id=uuid7(at),
        user_id=user_id,
        household_id=member.household_id,
        member_id=member.id,
        method=method,
        verified_by=verified_by,
        document=document,
        bound_at=at,
    )
    db.session.add(binding)
    db.session.flush()  # read back by queries of this transaction
    audit.record(
        "households.bind",
        county_id=member.county_id,
        actor_id=verified_by or user_id,
        subject=("binding", binding.id),
        at=at,
        method=str(method),
        is_first=is_first,  # in person, that is one person's act alone
        household_id=member.household_id,
        user_id=str(user_id),
    )
    return binding


def _know_user(user_id: UUID, member: Member, at: datetime) -> None:
    """Enter whose phone it is. A member without an ID number says nothing about it.

    Whose document was seen for an office stays that person: a roster, which one administrator
    writes, makes nobody of them another.

    Raises:
        AnotherPerson: the user holds an office, as somebody else.
    """
    index = member.id_number_index
    if index is None:
        return
    if member.person_id is None:
        known = people.enter(county_id=member.county_id, id_number_indexes=[index], at=at)
        member.person_id = known[index]
    user = db.session.get_one(User, user_id)
    if user.person_id == member.person_id:
        return
    if user.person_id is not None and identity_queries.holds(user_id, OFFICES):
        raise AnotherPerson()
    user.person_id = member.person_id


def _move_binding(from_id: UUID, to_id: UUID, at: datetime) -> None:
    """Let the household go with the WeChat account, unless its new user has one already."""
    moving = queries.open_binding(from_id)
    if moving is None or queries.open_binding(to_id) is not None:
        return
    moving.user_id = to_id
    _know_user(to_id, db.session.get_one(Member, moving.member_id), at)
    db.session.flush()  # read back by queries of this transaction


def _only_household_of(county_id: int, phone: str) -> Member | None:
    """The member of the roster with this phone, its head first; None if households differ."""
    members = db.session.scalars(
        select(Member)
        .where(
            Member.county_id == county_id,
            Member.phone_index == vault().index(phone, "phone"),
            Member.left_on.is_(None),
        )
        .order_by(Member.is_head.desc(), Member.id)
    ).all()
    if len({member.household_id for member in members}) != 1:
        return None
    return members[0]


def _household_under(by: Caller, household_id: UUID) -> Household:
    """The household, its row locked: who is known there, and what it has to lose, takes turns."""
    household = db.session.scalar(
        locked(
            select(Household).where(
                Household.id == household_id,
                Household.village_id.in_(regions.inside(by.places(*WORKERS))),
            )
        )
    )
    if household is None:
        raise HouseholdNotFound()
    return household


def _spend_code(digits: str, county_id: int, at: datetime) -> UUID:
    """Use the code up and say whose it was; of several at once, one gets it."""
    user_id: UUID | None = db.session.scalar(
        delete(BindingCode)
        .where(
            BindingCode.digest == _digest(digits),
            BindingCode.expires_at > at,
            BindingCode.user_id == User.id,
            User.county_id == county_id,
        )
        .returning(BindingCode.user_id)
    )
    if user_id is None:
        raise BindingCodeWrong()
    return user_id


def _named(household: Household, name: str) -> Member | None:
    members = db.session.scalars(
        select(Member)
        .where(Member.household_id == household.id, Member.left_on.is_(None))
        .order_by(Member.is_head.desc(), Member.id)
    )
    wanted = texts.folded(name)
    return next((one for one in members if texts.folded(one.name) == wanted), None)


def _member_named(household: Household, name: str, at: datetime) -> Member:
    # Two workers who bind two people of one household at once must not enter a name twice.
    db.session.execute(locked(select(Household.id).where(Household.id == household.id)))
    member = _named(household, name)
    if member is None:
        member = Member(
            id=uuid7(at),
            county_id=household.county_id,
            household_id=household.id,
            name=name,
            is_head=False,
            is_party_member=False,
            created_at=at,
        )
        db.session.add(member)
        db.session.flush()  # the binding refers to the member without a relationship
    return member


def _digest(digits: str) -> bytes:
    return vault().digest(digits, "binding_code")
