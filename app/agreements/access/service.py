"""Asking for a recovery, and leaving all one's offices at once."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.agreements.access.proposals import RECOVERY
from app.agreements.grants import service as grants
from app.agreements.proposals import Draft, Proposal, Whoever, propose
from app.register.identity import queries
from app.register.identity.caller import Caller
from app.register.identity.staff import accounts


@dataclass(frozen=True)
class Leaving:
    """What became of the offices of somebody who leaves."""

    ended: int
    proposed: list[UUID]  # what nobody ends alone: another person confirms


def ask_recovery(*, user_id: UUID, by: Caller, at: datetime) -> Proposal:
    """Ask that somebody who lost password or phone may set both anew.

    Raises:
        NoAccount, HoldsNoRole, NotYourArea: not the caller's to ask for.
        what ``propose`` raises.
    """
    accounts.account_of(user_id=user_id, county_id=by.county_id)
    accounts.check_area(user_id, by)
    (held, *_) = queries.offices_of(user_id)
    draft = Draft(
        region_id=held.place_id,
        subject=("staff_account", user_id),
        content={"user_id": str(user_id)},
        told=Whoever(users={user_id}),
    )
    return propose(RECOVERY, draft, by=by, at=at)


def leave(*, user_id: UUID, by: Caller, at: datetime) -> Leaving:
    """Close the account of somebody who leaves, and end or propose to end each of their offices.

    Raises:
        NoAccount, HoldsNoRole, NotYourArea: not the caller's to decide.
        what ``grants.end_grant`` raises.
    """
    accounts.account_of(user_id=user_id, county_id=by.county_id)
    accounts.check_area(user_id, by)
    answers = [
        grants.end_grant(grant_id=grant.id, by=by, at=at) for grant in queries.offices_of(user_id)
    ]
    accounts.leave(user_id=user_id, by=by.user_id, at=at)
    proposed = [answer.id for answer in answers if answer is not None]
    return Leaving(ended=len(answers) - len(proposed), proposed=proposed)
