"""The household itself, who is kin to it, who cares for it, and what it is told."""

from uuid import UUID

from sqlalchemy import select

from app.kernel.db import db, transaction
from app.messages import notices
from app.messages.delivery import service as messages
from app.points.expiry.notices import POINTS_EXPIRE
from app.register.households.models import Binding
from app.register.identity.models import RoleGrant
from app.register.identity.roles import Role
from app.register.identity.staff.models import AccountState, StaffAccount
from tests.access.world.ground import Ground, number, sent

CARE = {"reasons": ["alone"], "review_on": "2026-12-01"}


def furnish(ground: Ground) -> dict[str, object]:
    family = str(ground.family.id)
    kin = {"household_id": family, "other_id": str(ground.kin.id), "kind": "kin"}
    note = {"household_id": family, "text": "门铃坏了，请敲门"}
    return {
        "county_id": ground.county_id,
        "village": ground.village,
        "family": ground.family,
        "household_id": family,
        "neighbour_id": str(ground.neighbour.id),
        "resident_id": ground.resident_id,
        "binding_id": _binding(ground),
        "grant_id": _grant(ground),
        "staff_user_id": _with_account(ground),
        "unlisted_user_id": ground.of_village(Role.COLLECTOR)[0],
        "relation_id": sent(ground.admin, "household-relations", kin)["id"],
        "care_entry_id": sent(ground.admin, "care/entries", CARE | {"household_id": family})["id"],
        "note_id": sent(ground.admin, "care/notes", note)["id"],
        "notice_id": _notice(ground),  # no message reached the household
    }


def _grant(ground: Ground) -> UUID:
    """Of a collector of the village."""
    collector = ground.given.user(ground.county_id)
    ground.given.grant(collector, Role.COLLECTOR, ground.village.id)
    with ground.app.app_context():
        return db.session.scalars(select(RoleGrant.id).where(RoleGrant.user_id == collector)).one()


def _with_account(ground: Ground) -> UUID:
    """A collector of the village who works at a computer too."""
    collector, _ = ground.of_village(Role.COLLECTOR)
    account = StaffAccount(
        user_id=collector,
        county_id=ground.county_id,
        login=f"collector.{number()}",
        state=AccountState.ACTIVE,
        failed=0,
        locks=0,
        made_by=collector,
        made_at=ground.clock(),
    )
    ground.add(account)
    return collector


def _binding(ground: Ground) -> UUID:
    with ground.app.app_context():
        query = select(Binding.id).where(Binding.user_id == ground.resident_id)
        return db.session.scalars(query).one()


def _notice(ground: Ground) -> UUID:
    expiring = {"points": 1, "expires_on": "2027-03-31", "days_left": 30}
    addressee = notices.ToHousehold(ground.family.id, "access", expiring)
    with ground.app.app_context(), transaction():
        at, kind = ground.clock(), POINTS_EXPIRE
        notices.tell(kind, [addressee], county_id=ground.county_id, at=at)
        named = select(notices.Notice.id).where(
            notices.Notice.household_id == ground.family.id, notices.Notice.topic == "access"
        )
        notice_id = db.session.scalars(named).one()
        messages.record(
            county_id=ground.county_id, notice_id=notice_id, state=notices.NoticeState.ON_BOARD
        )
        return notice_id
