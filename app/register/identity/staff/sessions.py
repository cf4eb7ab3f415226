"""Signing in at a computer, the second factor, and the sessions that come of it."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, select, update

from app.kernel.db import db, locked
from app.kernel.ids import uuid7
from app.kernel.secrets import token_digest, vault
from app.register.identity import queries as identity
from app.register.identity.models import StaffSession, User
from app.register.identity.roles import Role
from app.register.identity.staff import factors, passwords
from app.register.identity.staff.errors import NoAccount
from app.register.identity.staff.models import (
    AccountState,
    SignInOutcome,
    StaffAccount,
    StaffSignIn,
)

PREFIX = "s."  # tells a computer's token from a phone's, which has no full stop
TOKEN_BYTES = 32
ENDS_AFTER = timedelta(hours=12)
SEEN_EVERY = timedelta(minutes=1)
IDLE_MINUTES, IDLE_MINUTES_OF_REVIEWERS = 30, 12 * 60
FAILED_MOST = 5
FIRST_LOCK, LONGEST_LOCK = timedelta(minutes=15), timedelta(days=1)
LOCKS_FORGOTTEN_AFTER = timedelta(days=1)
# Money, policy, administration, supervision: never by a password alone.
FACTOR_FOR = frozenset(
    {
        *(Role.VILLAGE_ADMIN, Role.TOWN_ADMIN, Role.COUNTY_ADMIN, Role.FINANCE, Role.BANK),
        *(Role.AUDITOR, Role.OPERATOR, Role.SECURITY_ADMIN),
    }
)


@dataclass(frozen=True)
class Desk:
    """From where somebody signs in."""

    agent: str
    network: str


@dataclass(frozen=True)
class Opened:
    """A new session; the token in clear for the only time."""

    token: str
    user_id: UUID
    ends_at: datetime
    needs: str | None  # "factor", or "factor_setup" where there is none yet


@dataclass(frozen=True)
class ShownSession:
    """A session as its owner reads it."""

    id: UUID
    made_at: datetime
    seen_at: datetime
    ends_at: datetime
    agent: str
    network: str


def sign_in(
    *, county_id: int, login: str, password: str, desk: Desk, at: datetime
) -> Opened | None:
    """Open a session for the right password; None for anything else, which is counted.

    The caller commits either way, and tells nobody why not.
    """
    found = db.session.scalar(
        select(StaffAccount.user_id).where(
            StaffAccount.county_id == county_id, StaffAccount.login == login.strip().lower()
        )
    )
    account = lock_account(found) if found else None
    outcome = _outcome(account, password, at)
    _write_down(county_id, login, account, outcome, desk, at)
    if account is None or outcome is not SignInOutcome.IN:
        return None
    account.failed = 0
    account.last_used_at = at
    if account.password_hash and passwords.needs_rehash(account.password_hash):
        account.password_hash = passwords.rehashed(password)
    return _open(account.user_id, desk, at)


def give_factor(
    *, user_id: UUID, session_id: UUID, code: str, desk: Desk, at: datetime
) -> Opened | None:
    """Raise a session by a code of the factor, or a recovery code; it gets a new token.

    None for a wrong one, which counts as a wrong password does, and for a session that has ended.
    """
    account = lock_account(user_id)
    session = db.session.get(StaffSession, session_id)
    if session is None:
        return None
    if _is_locked(account, at) or not factors.accept(user_id=account.user_id, code=code, at=at):
        if not _is_locked(account, at):
            _count_wrong(account, at)
        _write_down(account.county_id, account.login, account, SignInOutcome.WRONG, desk, at)
        return None
    account.failed = 0
    token = _new_token()
    session.digest = token_digest(token)
    session.needs_factor = False
    session.factor_at = session.seen_at = at
    return Opened(token, session.user_id, session.ends_at, None)


def lock_account(user_id: UUID) -> StaffAccount:
    """The account of a user, locked until commit. Raises NoAccount when there is none."""
    account = db.session.scalar(locked(select(StaffAccount).where(StaffAccount.user_id == user_id)))
    if account is None:
        raise NoAccount()
    return account


def sessions_of(user_id: UUID, *, at: datetime) -> list[ShownSession]:
    """The user's sessions that have not ended, the newest first."""
    rows = db.session.scalars(
        select(StaffSession)
        .where(StaffSession.user_id == user_id, StaffSession.ends_at > at)
        .order_by(StaffSession.id.desc())
    )
    return [
        ShownSession(row.id, row.made_at, row.seen_at, row.ends_at, row.agent, row.network)
        for row in rows
    ]


def end(*, user_id: UUID, session_id: UUID) -> None:
    """End one session of the user, if it is theirs."""
    db.session.execute(
        delete(StaffSession).where(StaffSession.id == session_id, StaffSession.user_id == user_id)
    )


def end_everywhere(*, user_id: UUID) -> None:
    """End every session of the user at a computer."""
    db.session.execute(delete(StaffSession).where(StaffSession.user_id == user_id))


def see(*, session_id: UUID, at: datetime) -> None:
    """A session in use lives on; written once a minute."""
    db.session.execute(
        update(StaffSession)
        .where(StaffSession.id == session_id, StaffSession.seen_at <= at - SEEN_EVERY)
        .values(seen_at=at)
    )


def _outcome(account: StaffAccount | None, password: str, at: datetime) -> SignInOutcome:
    is_right = passwords.is_right(password, account.password_hash if account else None)
    if account is None:
        return SignInOutcome.WRONG
    if _is_locked(account, at):
        return SignInOutcome.LOCKED
    if not is_right:
        _count_wrong(account, at)
        return SignInOutcome.WRONG
    is_blocked = db.session.get_one(User, account.user_id).is_blocked
    if account.state is not AccountState.ACTIVE or is_blocked:
        return SignInOutcome.CLOSED
    return SignInOutcome.IN


def _is_locked(account: StaffAccount, at: datetime) -> bool:
    return account.locked_until is not None and at < account.locked_until


def _count_wrong(account: StaffAccount, at: datetime) -> None:
    """The fifth in a row locks: 15 minutes, then twice as long each time within a day."""
    account.failed += 1
    if account.failed < FAILED_MOST:
        return
    if account.locked_at is None or account.locked_at <= at - LOCKS_FORGOTTEN_AFTER:
        account.locks = 0
    account.locked_until = at + min(FIRST_LOCK * 2 ** min(account.locks, 10), LONGEST_LOCK)
    account.locks += 1
    account.locked_at = at
    account.failed = 0


def _open(user_id: UUID, desk: Desk, at: datetime) -> Opened:
    token = _new_token()
    is_strict = identity.holds(user_id, FACTOR_FOR)
    has_factor = factors.is_set(user_id)
    needs_factor = is_strict or has_factor
    session = StaffSession(
        id=uuid7(at),
        digest=token_digest(token),
        user_id=user_id,
        made_at=at,
        seen_at=at,
        idle_minutes=IDLE_MINUTES if is_strict else IDLE_MINUTES_OF_REVIEWERS,
        ends_at=at + ENDS_AFTER,
        needs_factor=needs_factor,
        agent=desk.agent[:200],
        network=desk.network,
    )
    db.session.add(session)
    needs = None if not needs_factor else "factor" if has_factor else "factor_setup"
    return Opened(token, user_id, session.ends_at, needs)


def _new_token() -> str:
    return PREFIX + secrets.token_urlsafe(TOKEN_BYTES)


def _write_down(
    county_id: int,
    login: str,
    account: StaffAccount | None,
    outcome: SignInOutcome,
    desk: Desk,
    at: datetime,
) -> None:
    """Of an unknown login only an index: people type their password there."""
    known = account.login if account else vault().index(login, "staff.login").hex()[:16]
    db.session.add(
        StaffSignIn(
            county_id=county_id,
            id=uuid7(at),
            login=known,
            user_id=account.user_id if account else None,
            at=at,
            outcome=outcome,
            network=desk.network,
        )
    )
