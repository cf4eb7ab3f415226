"""Two roles of one person that must be apart: told, and in the end the later one is taken back."""

from datetime import datetime, timedelta

from app.agreements.grants.notices import PAIR_FOUND
from app.agreements.grants.service import tell_of_end
from app.kernel import audit
from app.messages import notices
from app.register.identity import queries as identity
from app.register.identity.apart import Together, found_together
from app.register.identity.grants import locked_grant, record_revocation
from app.register.identity.roles import NAMES, Grant, Role
from app.register.regions import queries as regions

LAPSES_AFTER = timedelta(days=30)


def lapse_pairs(*, at: datetime) -> None:
    """Tell of each pair when it is first found, and end the later role thirty days after that.

    Until then the holder, or who may end one of the two, decides which one stays. The last
    administrator of a county is not sent away: that pair goes on ringing.
    """
    for pair in list(found_together()):
        subject = ("role_grant", pair.grant_id)
        since = audit.first_at("trust.pair_found", county_id=pair.county_id, subject=subject)
        if since is None:
            _tell(pair, at)
        elif since <= at - LAPSES_AFTER:
            _end(pair, at)


def _tell(pair: Together, at: datetime) -> None:
    audit.record(
        "trust.pair_found",
        county_id=pair.county_id,
        actor_id=None,
        subject=("role_grant", pair.grant_id),
        at=at,
        user_id=str(pair.user_id),
        roles=[str(role) for role in pair.roles],
    )
    roles = "和".join(NAMES.get(role, str(role)) for role in pair.roles)
    topic, details = str(pair.grant_id), {"roles": roles}
    root = regions.root(pair.county_id).id
    told: list[notices.ToUser | notices.ToOfficials] = [
        notices.ToUser(pair.user_id, topic, details),
        notices.ToOfficials(Role.COUNTY_ADMIN, root, topic, details),
        notices.ToOfficials(Role.AUDITOR, root, topic, details),
    ]
    notices.tell(PAIR_FOUND, told, county_id=pair.county_id, at=at)


def _end(pair: Together, at: datetime) -> None:
    role = pair.roles[1]
    grant = locked_grant(user_id=pair.user_id, role=role, place_id=pair.place_id)
    if grant is None or _is_last_administrator(pair.county_id, role):
        return
    record_revocation(grant, county_id=pair.county_id, actor_id=None, at=at)
    if grant.role not in {Role.CLERK, Role.MERCHANT}:  # theirs have no place in the county
        tell_of_end(grant.user_id, grant.id, Grant(grant.role, grant.place_id), pair.county_id, at)


def _is_last_administrator(county_id: int, role: Role) -> bool:
    if role is not Role.COUNTY_ADMIN:
        return False
    return len(identity.holders(county_id, Role.COUNTY_ADMIN)) < 2
