"""Who calls: the one question that every request asks."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, Select, and_, bindparam, exists, select

from app.kernel.db import asking
from app.register.households.models import Binding, Household
from app.register.identity.caller import AtComputer, Caller
from app.register.identity.models import RoleGrant, Session, StaffSession, User
from app.register.identity.roles import Grant
from app.register.identity.staff.models import AccountState, StaffAccount


@dataclass(frozen=True)
class SignedIn:
    """The caller behind a token, and until when the token admits them."""

    caller: Caller
    expires_at: datetime


def _who(session: type[Session | StaffSession], *more: Any) -> Select[Any]:
    """A row for each grant, or one row for who has none; a user acts for one household at most."""
    return (
        select(
            User.id.label("user_id"),
            User.county_id,
            *more,
            Binding.household_id,
            Binding.member_id,
            exists().where(Household.liaison_id == Binding.member_id).label("is_liaison"),
            RoleGrant.role,
            RoleGrant.place_id,
        )
        .select_from(session)
        .join(User, User.id == session.user_id)
        .outerjoin(Binding, and_(Binding.user_id == User.id, Binding.ended_at.is_(None)))
        .outerjoin(RoleGrant, and_(RoleGrant.user_id == User.id, RoleGrant.revoked_at.is_(None)))
        .where(session.digest == bindparam("digest"), User.is_blocked.is_(False))
        .order_by(RoleGrant.id)
    )


_SIGNED_IN = _who(Session, Session.expires_at).where(Session.expires_at > bindparam("at"))
_AT_COMPUTER = (
    _who(
        StaffSession,
        StaffSession.id.label("session_id"),
        StaffSession.seen_at,
        StaffSession.ends_at,
        StaffSession.idle_minutes,
        StaffSession.needs_factor,
        StaffSession.factor_at,
        StaffAccount.money_from,
    )
    .join(StaffAccount, StaffAccount.user_id == User.id)
    .where(StaffSession.ends_at > bindparam("at"), StaffAccount.state == AccountState.ACTIVE)
)


def signed_in(digest: bytes, at: datetime) -> SignedIn | None:
    """Whom a token admits, with all that the rights of a caller hang on; None if nobody.

    Asked afresh for each request, so that a right that has ended has ended at once.
    """
    with asking() as connection:
        rows = connection.execute(_SIGNED_IN, {"digest": digest, "at": at}).all()
    if not rows:
        return None
    return SignedIn(_caller(rows), rows[0].expires_at)


def at_computer(digest: bytes, at: datetime) -> SignedIn | None:
    """The same for a token of a computer; None also when it was unused for too long.

    Until the second factor is given, where it is asked for, the caller has no role: they are a
    visitor, who may give it.
    """
    with asking() as connection:
        rows = connection.execute(_AT_COMPUTER, {"digest": digest, "at": at}).all()
    if not rows:
        return None
    first = rows[0]
    until = min(first.ends_at, first.seen_at + timedelta(minutes=first.idle_minutes))
    if until <= at:
        return None
    session = AtComputer(first.session_id, first.factor_at, first.money_from)
    if first.needs_factor:
        nobody = Caller(user_id=first.user_id, county_id=first.county_id, at_computer=session)
        return SignedIn(nobody, until)
    return SignedIn(replace(_caller(rows), at_computer=session), until)


def _caller(rows: Sequence[Row[Any]]) -> Caller:
    first = rows[0]
    return Caller(
        user_id=first.user_id,
        county_id=first.county_id,
        grants=tuple(Grant(row.role, row.place_id) for row in rows if row.role is not None),
        household_id=first.household_id,
        member_id=first.member_id,
        is_liaison=first.is_liaison,
    )
