"""What one person has proposed: open, and agreed but not in force yet."""

from uuid import UUID

from sqlalchemy import select

from app.agreements.proposals import propose, service
from app.kernel.audit.models import AuditEvent
from app.kernel.db import db, transaction
from app.register.identity.caller import Caller
from app.register.identity.roles import Grant, Role
from tests.access.world.ground import Ground, number
from tests.given.proposals import LATER, rename


def furnish(ground: Ground) -> dict[str, object]:
    with ground.app.app_context(), transaction():
        by, at = _holder(ground, Role.VILLAGE_ADMIN, ground.village.id), ground.clock()
        coming = propose(LATER, rename(f"{number()}号新村", ground.village.id), by=by, at=at)
        another = _holder(ground, Role.TOWN_ADMIN, ground.village.town_id)
        service.approve(proposal_id=coming.id, digest=coming.digest, by=another, at=at)
        waiting = propose(LATER, rename(f"{number()}号新村", ground.village.id), by=by, at=at)
        return {
            "proposal_id": waiting.id,
            "proposal_digest": waiting.digest,
            "coming_id": coming.id,
            "deed_id": _deed_of(waiting.id),
        }


def _holder(ground: Ground, role: Role, place_id: UUID) -> Caller:
    user_id = ground.given.user(ground.county_id)
    ground.given.grant(user_id, role, place_id)
    return Caller(user_id, ground.county_id, grants=(Grant(role, place_id),))


def _deed_of(proposal_id: UUID) -> UUID:
    """The event of the trace that somebody proposed it."""
    proposed = select(AuditEvent.id).where(AuditEvent.subject_id == str(proposal_id))
    return db.session.scalars(proposed).one()
