"""Telling people of proposals, by notices: whom they need, who is told, and who proposed."""

from datetime import datetime
from typing import Any

from app.agreements.proposals.kinds import KINDS, Whoever
from app.agreements.proposals.models import Proposal
from app.agreements.proposals.notices import PROPOSAL_DECIDED
from app.kernel import clock
from app.messages import notices

Addressed = notices.ToHousehold | notices.ToOfficials | notices.ToUser


def made(row: Proposal, at: datetime) -> None:
    """Tell that it waits."""
    kind = KINDS[row.kind]
    addressed = _addressed(row, str(row.id), {"what": kind.title(row)})
    notices.tell(kind.notice, addressed, county_id=row.county_id, at=at)


def decided(row: Proposal, at: datetime) -> None:
    """Tell how it stands now; who proposed it as well."""
    how = "done" if row.done_at is not None else str(row.state)
    begins = _moment(row.effective_at) if row.is_coming else None
    details = {"what": KINDS[row.kind].title(row), "how": how, "begins": begins}
    topic = f"{row.id}:{how}"
    addressed = [
        notices.ToUser(row.proposed_by, topic, details),
        *_addressed(row, topic, details),
    ]
    notices.tell(PROPOSAL_DECIDED, addressed, county_id=row.county_id, at=at)


def _addressed(row: Proposal, topic: str, details: dict[str, Any]) -> list[Addressed]:
    everybody = [Whoever.read(one) for one in (*row.needed, row.told)]
    roles = {role for whoever in everybody for role in whoever.roles}
    users = {user for whoever in everybody for user in whoever.users} - {row.proposed_by}
    households = {home for whoever in everybody for home in whoever.households}
    return [
        *(notices.ToOfficials(role, row.region_id, topic, details) for role in sorted(roles)),
        *(notices.ToUser(user, topic, details) for user in sorted(users)),
        *(
            notices.ToHousehold(home, topic, details, act_of=row.proposed_by)
            for home in sorted(households)
        ),
    ]


def _moment(at: datetime | None) -> str | None:
    if at is None:
        return None
    local = at.astimezone(clock.CALENDAR)
    return f"{clock.day_text(local.date())} {local:%H:%M}"
