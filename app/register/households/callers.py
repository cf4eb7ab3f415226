"""Who calls: the one question that every request asks."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, bindparam, exists, select

from app.kernel.db import asking
from app.register.households.models import Binding, Household
from app.register.identity.caller import Caller
from app.register.identity.models import RoleGrant, Session, User
from app.register.identity.roles import Grant


@dataclass(frozen=True)
class SignedIn:
    """The caller behind a token, and until when the token admits them."""

    caller: Caller
    expires_at: datetime


# A row for each grant, or one row for who has none; a user acts for one household at most.
_SIGNED_IN = (
    select(
        User.id.label("user_id"),
        User.county_id,
        Session.expires_at,
        Binding.household_id,
        Binding.member_id,
        exists().where(Household.liaison_id == Binding.member_id).label("is_liaison"),
        RoleGrant.role,
        RoleGrant.place_id,
    )
    .select_from(Session)
    .join(User, User.id == Session.user_id)
    .outerjoin(Binding, and_(Binding.user_id == User.id, Binding.ended_at.is_(None)))
    .outerjoin(RoleGrant, and_(RoleGrant.user_id == User.id, RoleGrant.revoked_at.is_(None)))
    .where(
        Session.digest == bindparam("digest"),
        Session.expires_at > bindparam("at"),
        User.is_blocked.is_(False),
    )
    .order_by(RoleGrant.id)
)


def signed_in(digest: bytes, at: datetime) -> SignedIn | None:
    """Whom a token admits, with all that the rights of a caller hang on; None if nobody.

    Asked afresh for each request, so that a right that has ended has ended at once.
    """
    with asking() as connection:
        rows = connection.execute(_SIGNED_IN, {"digest": digest, "at": at}).all()
    if not rows:
        return None
    first = rows[0]
    caller = Caller(
        user_id=first.user_id,
        county_id=first.county_id,
        grants=tuple(Grant(row.role, row.place_id) for row in rows if row.role is not None),
        household_id=first.household_id,
        member_id=first.member_id,
        is_liaison=first.is_liaison,
    )
    return SignedIn(caller, first.expires_at)
