"""Signing in: users, the WeChat accounts that are theirs, and their tokens.

A proved phone number names one user of a county. That is how staff, entered by phone before
they first sign in, get their roles: whoever proves the phone becomes that user.
"""

import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, exists, func, select, update

from app.kernel import audit, texts
from app.kernel.db import db, locked
from app.kernel.ids import uuid7
from app.kernel.secrets import token_digest, vault
from app.register.identity import queries
from app.register.identity.errors import (
    AnotherPerson,
    BadName,
    BadPhone,
    Blocked,
    OtherCounty,
    PhoneOfStaff,
    UserNotFound,
)
from app.register.identity.models import Session, StaffSession, User, WechatAccount
from app.register.identity.roles import Role
from app.register.people import service as people
from app.register.regions import queries as regions

TOKEN_BYTES = 32
TOKEN_LIFETIME = timedelta(days=30)
EXTENDED_EVERY = timedelta(days=1)
NAME_LENGTH_MAX = 30
_PHONE = re.compile("1[3-9][0-9]{9}")


@dataclass(frozen=True)
class SignIn:
    """A new token, in clear for the only time, and whose it is."""

    token: str
    user_id: UUID
    county_id: int
    expires_at: datetime


@dataclass(frozen=True)
class Proof:
    """What proving a phone led to: the user that the WeChat account now signs in as."""

    user_id: UUID
    moved_from: UUID | None  # the user it signed in as before, if another


def sign_in(*, appid: str, openid: str, county_id: int | None, at: datetime) -> SignIn:
    """Sign a WeChat account in; the first time makes its user, in the county named.

    ``county_id`` may be left out by somebody who has signed in before, and where there is only
    one county.

    Raises:
        Blocked: an administrator has blocked the user.
        OtherCounty: the account is a user of another county.
        regions.CountyNotFound, regions.CountyNotNamed: no county for a newcomer.
    """
    user = _user_of(appid, openid) or _newcomer(appid, openid, county_id, at)
    if user.is_blocked:
        raise Blocked()
    if county_id is not None and county_id != user.county_id:
        raise OtherCounty()
    return open_session(user_id=user.id, county_id=user.county_id, at=at)


def open_session(*, user_id: UUID, county_id: int, at: datetime) -> SignIn:
    """Give the user a token for one device and forget those of theirs that have expired."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    expires_at = at + TOKEN_LIFETIME
    db.session.execute(delete(Session).where(Session.user_id == user_id, Session.expires_at <= at))
    db.session.add(
        Session(digest=token_digest(token), user_id=user_id, created_at=at, expires_at=expires_at)
    )
    return SignIn(token=token, user_id=user_id, county_id=county_id, expires_at=expires_at)


def is_extension_due(expires_at: datetime, at: datetime) -> bool:
    """Whether a token has been used a day or more since it was given or last extended."""
    return expires_at <= at + TOKEN_LIFETIME - EXTENDED_EVERY


def extend_session(*, digest: bytes, at: datetime) -> None:
    """Let a token that is in use live on; one revoked meanwhile stays revoked."""
    db.session.execute(
        update(Session)
        .where(Session.digest == digest, Session.expires_at > at)
        .values(expires_at=at + TOKEN_LIFETIME)
    )


def sign_out(*, token: str) -> None:
    """End this token; others of the same user go on."""
    db.session.execute(delete(Session).where(Session.digest == token_digest(token)))


def revoke_tokens(*, user_id: UUID) -> None:
    """Make the user sign in again on phones and computers: what they may do has changed."""
    db.session.execute(delete(Session).where(Session.user_id == user_id))
    db.session.execute(delete(StaffSession).where(StaffSession.user_id == user_id))


def enrol_staff(
    *, county_id: int, phone: str, name: str, actor_id: UUID | None, at: datetime
) -> User:
    """The user of this phone, entered now with the name given if there is none yet.

    A user who has a name already keeps it: naming somebody is not renaming them.

    Raises:
        BadPhone, BadName: not acceptable.
    """
    name = checked_name(name)
    phone = checked_phone(phone)
    _take_turns("phone", str(county_id), phone)
    user = queries.user_by_phone(county_id, phone)
    if user is None:
        user = User(id=uuid7(at), county_id=county_id, is_blocked=False, created_at=at)
        _set_phone(user, phone)
        db.session.add(user)
    user.name = user.name or name
    db.session.flush()  # grants refer to the user without a relationship
    audit.record(
        "identity.enrol_staff",
        county_id=county_id,
        actor_id=actor_id,
        subject=("user", user.id),
        at=at,
    )
    return user


def identify(*, user_id: UUID, id_number: str, by: UUID | None, at: datetime) -> None:
    """Enter who a user is; ``by`` has seen the document. Only an index of the number is kept.

    Raises:
        UserNotFound: there is no such user.
        AnotherPerson: the user is known to be somebody else.
    """
    user = lock_user(user_id)
    index = vault().index(id_number, "id_number")
    person_id = people.enter(county_id=user.county_id, id_number_indexes=[index], at=at)[index]
    if user.person_id == person_id:
        return
    if user.person_id is not None:
        raise AnotherPerson()
    user.person_id = person_id
    db.session.flush()  # read back by queries of this transaction
    audit.record(
        "identity.identify",
        county_id=user.county_id,
        actor_id=by,
        subject=("user", user_id),
        at=at,
        person_id=str(person_id),
    )


def checked_name(name: str) -> str:
    """The name as it is spelled. Raises BadName when it is empty, too long or unreadable."""
    name = texts.name(name)
    if not 0 < len(name) <= NAME_LENGTH_MAX or texts.unreadable(name):
        raise BadName()
    return name


def checked_phone(phone: str) -> str:
    """The digits of a mobile number, however it is typed. Raises BadPhone when it is none."""
    phone = texts.digits(phone)
    if not _PHONE.fullmatch(phone):
        raise BadPhone()
    return phone


@dataclass(frozen=True)
class Owner:
    """Another user, who has a number that somebody proves."""

    user_id: UUID
    signs_in: bool  # with a WeChat account: not only entered by the number
    is_staff: bool  # holds a role


def owner_of_number(*, user_id: UUID, phone: str) -> Owner | None:
    """Whose the number is that the user is about to prove, if another's.

    Until the commit nobody else proves it, nor does the user prove another.

    Raises:
        Blocked: they are blocked.
    """
    user = lock_user(user_id)
    _take_turns("phone", str(user.county_id), phone)
    owner = queries.user_by_phone(user.county_id, phone)
    if owner is None or owner.id == user_id:
        return None
    if owner.is_blocked:
        raise Blocked()
    signs_in = select(exists().where(WechatAccount.user_id == owner.id))
    return Owner(
        owner.id,
        signs_in=bool(db.session.scalar(signs_in)),
        is_staff=queries.holds(owner.id, list(Role)),
    )


def prove_phone(*, user_id: UUID, phone: str, at: datetime) -> Proof:
    """Record that WeChat vouches for this phone of the user.

    If somebody was entered with the phone who has not signed in yet (staff), the user's WeChat
    accounts become theirs, and the user's tokens end: sign in again, or ``open_session``. From
    somebody who signs in themselves the number goes to the user, and nothing else of theirs: a
    number is given to somebody new, or borrowed.

    Raises:
        Blocked: the phone belongs to a user who is blocked.
        PhoneOfStaff: it is that of a holder of roles, with a WeChat account of their own.
    """
    owner = owner_of_number(user_id=user_id, phone=phone)
    user = lock_user(user_id)
    if owner is None:
        _set_phone(user, phone)
    elif not owner.signs_in:
        user = lock_user(owner.user_id)
        _move_accounts(user_id, owner.user_id)
    elif owner.is_staff:
        raise PhoneOfStaff()
    else:
        _forget_phone(owner.user_id)
        _set_phone(user, phone)
    db.session.flush()
    audit.record(
        "identity.prove_phone",
        county_id=user.county_id,
        actor_id=user_id,
        subject=("user", user.id),
        at=at,
    )
    return Proof(user_id=user.id, moved_from=user_id if user.id != user_id else None)


def move_accounts(*, from_id: UUID, to_id: UUID, by: UUID, at: datetime) -> None:
    """Let the WeChat accounts of one user sign in as another, as was agreed; tokens of both end.

    Raises:
        Blocked: one of them is blocked.
        PhoneOfStaff: one of them holds a role.
    """
    users = [lock_user(one) for one in sorted((from_id, to_id))]
    if any(user.is_blocked for user in users):
        raise Blocked()
    check_no_office(from_id, to_id)
    _move_accounts(from_id, to_id)
    audit.record(
        "identity.move_accounts",
        county_id=users[0].county_id,
        actor_id=by,
        subject=("user", to_id),
        at=at,
    )


def check_no_office(*user_ids: UUID) -> None:
    """Raises PhoneOfStaff when one of the users holds a role: roles end and begin by two people."""
    if any(queries.holds(user_id, list(Role)) for user_id in user_ids):
        raise PhoneOfStaff()


def block_user(
    *, county_id: int, user_id: UUID, is_blocked: bool, actor_id: UUID | None, at: datetime
) -> None:
    """Refuse the user from now on, or admit them again.

    Raises:
        UserNotFound: no such user in the county.
    """
    user = lock_user(user_id)
    if user.county_id != county_id:
        raise UserNotFound()
    user.is_blocked = is_blocked
    revoke_tokens(user_id=user_id)
    audit.record(
        "identity.block_user" if is_blocked else "identity.unblock_user",
        county_id=county_id,
        actor_id=actor_id,
        subject=("user", user_id),
        at=at,
    )


def lock_user(user_id: UUID) -> User:
    """The user, locked until commit, so that what is decided about them is decided in turn.

    Raises:
        UserNotFound: there is none.
    """
    user = db.session.scalar(locked(select(User).where(User.id == user_id)))
    if user is None:
        raise UserNotFound()
    return user


def _user_of(appid: str, openid: str) -> User | None:
    return db.session.scalar(
        select(User)
        .join(WechatAccount, WechatAccount.user_id == User.id)
        .where(WechatAccount.appid == appid, WechatAccount.openid == openid)
    )


def _newcomer(appid: str, openid: str, county_id: int | None, at: datetime) -> User:
    county = regions.named_or_only_county(county_id)
    _take_turns("wechat", appid, openid)
    user = _user_of(appid, openid)
    if user is not None:
        return user
    user = User(id=uuid7(at), county_id=county.id, is_blocked=False, created_at=at)
    db.session.add(user)
    db.session.flush()  # the account refers to the user without a relationship
    db.session.add(WechatAccount(appid=appid, openid=openid, user_id=user.id, created_at=at))
    return user


def _move_accounts(from_id: UUID, to_id: UUID) -> None:
    _forget_phone(from_id)  # nobody signs in as them any more
    db.session.execute(
        update(WechatAccount).where(WechatAccount.user_id == from_id).values(user_id=to_id)
    )
    revoke_tokens(user_id=from_id)
    revoke_tokens(user_id=to_id)


def _forget_phone(user_id: UUID) -> None:
    user = lock_user(user_id)
    user.phone_sealed = user.phone_index = None
    db.session.flush()  # before another has it: a number is one user's


def _set_phone(user: User, phone: str) -> None:
    user.phone_sealed = vault().seal(phone, "phone")
    user.phone_index = vault().index(phone, "phone")


def _take_turns(*what: str) -> None:
    """Wait for others who decide about the same thing, which may not have a row yet to lock."""
    number = int.from_bytes(vault().index("\0".join(what), "lock")[:8], "big", signed=True)
    db.session.execute(select(func.pg_advisory_xact_lock(number)))
