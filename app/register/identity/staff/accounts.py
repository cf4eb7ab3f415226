"""Accounts at a computer: made by an administrator, opened by the person on their own phone.

Whoever makes an account never has a secret of it: the link that sets a password is given to the
user whom WeChat knows. So nobody becomes somebody else by making or recovering an account.
"""

import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, select, update

from app.kernel import audit
from app.kernel.db import db
from app.kernel.secrets import token_digest
from app.register.identity import queries as identity
from app.register.identity import service as users
from app.register.identity.caller import Caller
from app.register.identity.errors import UserNotFound
from app.register.identity.granting import giving
from app.register.identity.models import RoleGrant, User
from app.register.identity.roles import Role
from app.register.identity.staff import factors, passwords, sessions
from app.register.identity.staff.errors import (
    BadLogin,
    HasAccount,
    HasLeft,
    HoldsNoRole,
    LinkGone,
    LoginTaken,
    NoAccount,
    NoLinkNow,
    NotYourArea,
    StaffWrong,
)
from app.register.identity.staff.models import AccountState, StaffAccount, StaffLink
from app.register.regions import queries as regions

LINK_LIFETIME = timedelta(minutes=20)
LINK_ASKED_FOR_WITHIN = timedelta(days=7)
NO_MONEY_FOR = timedelta(hours=24)
UNUSED_FOR = timedelta(days=60)
_LOGIN = re.compile(r"[a-z][a-z0-9.]{2,29}")


@dataclass(frozen=True)
class Link:
    """Leave to set a password, in clear for the only time."""

    link: str
    login: str
    ends_at: datetime


def make(*, user_id: UUID, login: str, by: Caller, at: datetime) -> StaffAccount:
    """Let an official work at a computer.

    Raises:
        UserNotFound: no such user in the county.
        HoldsNoRole, NotYourArea: the caller cannot grant what they hold.
        BadLogin, LoginTaken, HasAccount: not acceptable.
    """
    login = login.strip().lower()
    if not _LOGIN.fullmatch(login):
        raise BadLogin()
    user = users.lock_user(user_id)
    if user.county_id != by.county_id:
        raise UserNotFound()
    check_area(user_id, by)
    if db.session.get(StaffAccount, user_id) is not None:
        raise HasAccount()
    regions.lock_county(by.county_id)  # of two with one login the second is refused
    taken = select(StaffAccount.user_id).where(
        StaffAccount.county_id == by.county_id, StaffAccount.login == login
    )
    if db.session.scalar(taken) is not None:
        raise LoginTaken()
    account = StaffAccount(
        user_id=user_id,
        county_id=by.county_id,
        login=login,
        state=AccountState.ACTIVE,
        failed=0,
        locks=0,
        link_until=at + LINK_ASKED_FOR_WITHIN,
        made_by=by.user_id,
        made_at=at,
    )
    db.session.add(account)
    _trace("staff.make_account", account, by.user_id, at)
    return account


def check_area(user_id: UUID, by: Caller) -> None:
    """Refuse whoever could not grant each role that the user holds, where they hold it.

    A security administrator answers for every account of the county.

    Raises:
        HoldsNoRole, NotYourArea
    """
    held = db.session.scalars(
        select(RoleGrant).where(RoleGrant.user_id == user_id, RoleGrant.revoked_at.is_(None))
    ).all()
    held = [grant for grant in held if giving(grant.role)]
    if not held:
        raise HoldsNoRole()
    if by.may({Role.SECURITY_ADMIN}):
        return
    for grant in held:
        if not regions.is_inside(grant.place_id, by.places(*giving(grant.role))):
            raise NotYourArea()


def give_link(*, user_id: UUID, at: datetime) -> Link:
    """A link for the user's own phone; an earlier one ends.

    Raises:
        NoAccount: nobody made one.
        HasLeft: it is closed.
        NoLinkNow: there is a password, and no recovery was agreed to.
    """
    account = sessions.lock_account(user_id)
    if account.state is AccountState.LEFT:
        raise HasLeft()
    if account.link_until is None or account.link_until <= at:
        raise NoLinkNow()
    link = secrets.token_urlsafe(24)
    db.session.execute(delete(StaffLink).where(StaffLink.user_id == user_id))
    ends_at = at + LINK_LIFETIME
    db.session.add(StaffLink(digest=token_digest(link), user_id=user_id, ends_at=ends_at))
    return Link(link, account.login, ends_at)


def set_password(*, link: str, password: str, at: datetime) -> None:
    """Set the password by a link. Every session at a computer ends.

    Raises:
        LinkGone: it was used, or is older than 20 minutes.
        PasswordWeak: it would be guessed.
    """
    used = delete(StaffLink).where(StaffLink.digest == token_digest(link), StaffLink.ends_at > at)
    user_id = db.session.scalar(used.returning(StaffLink.user_id))
    if user_id is None:
        raise LinkGone()
    account = sessions.lock_account(user_id)
    if account.link_until is None or account.state is AccountState.LEFT:
        raise LinkGone()
    _change(account, password, at)
    account.link_until = None
    _trace("staff.set_password", account, account.user_id, at)


def change_password(*, user_id: UUID, old: str, new: str, at: datetime) -> None:
    """Change one's own password; every session at a computer ends.

    Raises:
        StaffWrong: the old one is not.
        PasswordWeak: the new one would be guessed.
    """
    account = sessions.lock_account(user_id)
    if not passwords.is_right(old, account.password_hash):
        raise StaffWrong()
    _change(account, new, at)
    _trace("staff.set_password", account, user_id, at)


def recover(*, user_id: UUID, by: UUID, at: datetime) -> None:
    """Take password, factor and sessions away, as two people agreed; the person gets a link."""
    account = sessions.lock_account(user_id)
    account.password_hash = None
    account.failed = account.locks = 0
    account.locked_until = None
    account.link_until = at + LINK_ASKED_FOR_WITHIN
    account.money_from = at + NO_MONEY_FOR
    factors.forget(user_id=user_id)
    sessions.end_everywhere(user_id=user_id)
    _trace("staff.recover", account, by, at)


def suspend(*, user_id: UUID, by: Caller, at: datetime) -> None:
    """Close the account for the time being; its sessions end.

    Raises: NoAccount, HasLeft, HoldsNoRole, NotYourArea
    """
    account = _of_area(user_id, by)
    account.state = AccountState.SUSPENDED
    sessions.end_everywhere(user_id=user_id)
    _trace("staff.suspend", account, by.user_id, at)


def admit_again(*, user_id: UUID, by: Caller, at: datetime) -> None:
    """Open a suspended account. Raises: NoAccount, HasLeft, HoldsNoRole, NotYourArea"""
    account = _of_area(user_id, by)
    account.state = AccountState.ACTIVE
    account.last_used_at = at  # unused from now on
    _trace("staff.admit_again", account, by.user_id, at)


def leave(*, user_id: UUID, by: UUID, at: datetime) -> None:
    """Close the account for good: secrets and sessions go. Raises: NoAccount"""
    account = sessions.lock_account(user_id)
    account.state = AccountState.LEFT
    account.password_hash = account.link_until = None
    factors.forget(user_id=user_id)
    sessions.end_everywhere(user_id=user_id)
    users.revoke_tokens(user_id=user_id)
    _trace("staff.leave", account, by, at)


def suspend_unused(*, at: datetime) -> int:
    """Suspend whoever did not sign in for 60 days; how many."""
    found = db.session.scalars(
        update(StaffAccount)
        .where(
            StaffAccount.state == AccountState.ACTIVE,
            StaffAccount.last_used_at < at - UNUSED_FOR,
        )
        .values(state=AccountState.SUSPENDED)
        .returning(StaffAccount)
    ).all()
    for account in found:
        sessions.end_everywhere(user_id=account.user_id)
        _trace("staff.suspend", account, None, at)
    return len(found)


def account_of(*, user_id: UUID, county_id: int) -> StaffAccount:
    """The account of a user of the county. Raises: NoAccount"""
    account = db.session.get(StaffAccount, user_id)
    if account is None or account.county_id != county_id:
        raise NoAccount()
    return account


def _of_area(user_id: UUID, by: Caller) -> StaffAccount:
    account_of(user_id=user_id, county_id=by.county_id)
    check_area(user_id, by)
    account = sessions.lock_account(user_id)
    if account.state is AccountState.LEFT:
        raise HasLeft()
    return account


def _change(account: StaffAccount, password: str, at: datetime) -> None:
    user = db.session.get_one(User, account.user_id)
    county = identity.profile(user.id).county
    known = (account.login, *([user.name] if user.name else []), county)
    account.password_hash = passwords.kept(password, known=known)
    account.changed_at = account.last_used_at = at
    sessions.end_everywhere(user_id=account.user_id)


def _trace(action: str, account: StaffAccount, by: UUID | None, at: datetime) -> None:
    audit.record(
        action,
        county_id=account.county_id,
        actor_id=by,
        subject=("user", account.user_id),
        at=at,
    )
