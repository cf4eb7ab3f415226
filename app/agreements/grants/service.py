"""Proposing roles and their ends, and entering the very first holders of a county."""

from datetime import datetime, timedelta
from uuid import UUID

from app.agreements.grants import persons
from app.agreements.grants.errors import AuditorFromAbove, EnteredOnce
from app.agreements.grants.notices import GRANT_ENDED
from app.agreements.grants.proposals import A_DAY, GRANT, REVOCATION, title_of
from app.agreements.proposals import Draft, Proposal, Whoever, propose
from app.messages import notices
from app.register.identity import grants, queries, service
from app.register.identity.caller import Caller
from app.register.identity.errors import GrantedAlready, UserNotFound
from app.register.identity.granting import AT_ONCE, ENDED_BY_TWO, SECONDS
from app.register.identity.roles import Grant, Role
from app.register.regions import queries as regions

# How many of them the command line enters in a county, ever.
FIRST_ONES = {Role.COUNTY_ADMIN: 2, Role.AUDITOR: 1}


def propose_grant(
    *,
    phone: str,
    name: str,
    id_number: str | None,
    role: Role,
    place_id: UUID,
    by: Caller,
    at: datetime,
) -> Proposal:
    """Propose that whoever proves this phone gets a role; who is new is entered by it.

    Raises:
        RoleFollowsFromFacts, RoleNeedsAnotherPlace, RegionNotFound: no such role there.
        AuditorFromAbove, GrantNotAllowed: it is not the caller's to propose.
        GrantedAlready: the role is in force.
        BadPhone, BadName, BadIdNumber: not acceptable.
        NotApart: the same person holds a role that must not meet this one.
        what ``propose`` raises.
    """
    grants.check_place(by.county_id, role, place_id)
    if role is Role.AUDITOR:
        raise AuditorFromAbove()
    grants.check_right(by, role, place_id)
    user = service.enrol_staff(
        county_id=by.county_id, phone=phone, name=name, actor_id=by.user_id, at=at
    )
    if queries.grant_in_force(user.id, Grant(role, place_id)) is not None:
        raise GrantedAlready()
    draft = Draft(
        region_id=place_id,
        subject=("role_grant", f"{user.id}/{role}"),
        content={
            "user_id": str(user.id),
            "role": str(role),
            "id_number": persons.kept(id_number, county_id=by.county_id, at=at)
            if id_number
            else None,
        },
        seconds=(Whoever(roles=SECONDS[role]),),
        told=Whoever(users={user.id}),
        cool_off=timedelta(0) if role in AT_ONCE else A_DAY,
    )
    return propose(GRANT, draft, by=by, at=at)


def end_grant(*, grant_id: UUID, by: Caller, at: datetime) -> Proposal | None:
    """End a role at once, or propose its end where nobody ends it alone.

    Raises:
        GrantNotFound: no such grant in force at a region of the caller's county.
        GrantNotAllowed: the caller's roles do not reach so far.
        what ``propose`` raises.
    """
    grant = grants.locked_grant_of(county_id=by.county_id, grant_id=grant_id)
    grants.check_right(by, grant.role, grant.place_id)
    if grant.role not in ENDED_BY_TWO:
        grants.record_revocation(grant, county_id=by.county_id, actor_id=by.user_id, at=at)
        tell_of_end(grant.user_id, grant.id, Grant(grant.role, grant.place_id), by.county_id, at)
        return None
    draft = Draft(
        region_id=grant.place_id,
        subject=("role_grant", f"{grant.user_id}/{grant.role}"),
        content={
            "user_id": str(grant.user_id),
            "role": str(grant.role),
            "grant_id": str(grant.id),
        },
        seconds=(Whoever(roles=ENDED_BY_TWO[grant.role]),),
        told=Whoever(users={grant.user_id}),
        # Who watches has a day to object to being sent away.
        cool_off=A_DAY if grant.role is Role.AUDITOR else timedelta(0),
    )
    return propose(REVOCATION, draft, by=by, at=at)


def enter_first(
    *,
    county_id: int,
    phone: str,
    name: str,
    id_number: str,
    role: Role,
    place_id: UUID,
    at: datetime,
) -> None:
    """Enter one of the first two administrators of a county, or its auditor, from the shell.

    Raises:
        RoleNeedsAnotherPlace, RegionNotFound: no such role there.
        EnteredOnce: it is none of them, or they have been entered.
        BadPhone, BadName, BadIdNumber, AnotherPerson, NotApart: not acceptable.
    """
    grants.check_place(county_id, role, place_id)
    regions.lock_county(county_id)  # of two at once the second counts the first
    root = regions.root(county_id)
    if place_id != root.id or queries.ever_granted(county_id, role) >= FIRST_ONES.get(role, 0):
        raise EnteredOnce()
    user = service.enrol_staff(county_id=county_id, phone=phone, name=name, actor_id=None, at=at)
    persons.identify(user_id=user.id, id_number=id_number, by=None, at=at)
    grants.record_grant(
        county_id=county_id,
        user_id=user.id,
        role=role,
        place_id=root.id,
        actor_id=None,
        at=at,
    )


def identify_from_before(*, county_id: int, phone: str, id_number: str, at: datetime) -> None:
    """Enter, from the shell, who one of the staff is whom nobody knows yet; never anew.

    Raises:
        UserNotFound: nobody in the county has the phone.
        AnotherPerson, BadIdNumber: they are known to be somebody else, or it is none.
    """
    user = queries.user_by_phone(county_id, phone)
    if user is None:
        raise UserNotFound()
    persons.identify(user_id=user.id, id_number=id_number, by=None, at=at)


def tell_of_end(user_id: UUID, grant_id: UUID, grant: Grant, county_id: int, at: datetime) -> None:
    place = regions.region(county_id, grant.place_id)
    assert place is not None, "the grant was found at a region of the county"
    details = {"what": title_of(grant.role, place.name)}
    notices.tell(
        GRANT_ENDED,
        [notices.ToUser(user_id, str(grant_id), details)],
        county_id=county_id,
        at=at,
    )
