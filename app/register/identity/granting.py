"""Who may grant what: the whole rule, as two tables."""

from app.register.identity.roles import IN_AN_AREA, Role
from app.register.regions.models import RegionKind

IN_A_VILLAGE = frozenset({Role.GROUP_LEADER, Role.REVIEWER, Role.BOOTH_KEEPER, Role.COLLECTOR})
IN_A_TOWN = IN_A_VILLAGE | {
    Role.VILLAGE_ADMIN,
    Role.INSPECTOR,
    Role.RECYCLER_AGENT,
    Role.HAULIER,
    Role.TREATMENT_OPERATOR,
}

# Inside the area where the giver holds the role on the left, they propose to grant and to end those
# on the right. Only a county's administrator touches money, supervision and other administrators.
# Who must agree is ``SECONDS``.
MAY_GRANT: dict[Role, frozenset[Role]] = {
    Role.COUNTY_ADMIN: IN_AN_AREA,
    Role.TOWN_ADMIN: IN_A_TOWN,
    Role.VILLAGE_ADMIN: IN_A_VILLAGE,
}

_BY_THE_COUNTY = frozenset({Role.COUNTY_ADMIN})

# Who must agree that somebody gets the role; above the proposer where there is somebody above. The
# auditor is nobody's in the county to name.
SECONDS: dict[Role, frozenset[Role]] = {
    role: frozenset({Role.TOWN_ADMIN, Role.COUNTY_ADMIN})
    if role in IN_A_VILLAGE
    else _BY_THE_COUNTY
    for role in IN_AN_AREA - {Role.AUDITOR}
}
# These begin at once when agreed; all others a day later.
AT_ONCE = IN_A_VILLAGE
# Nobody ends these alone: whoever could, would first end who is in their way.
ENDED_BY_TWO: dict[Role, frozenset[Role]] = {
    Role.COUNTY_ADMIN: _BY_THE_COUNTY,
    Role.FINANCE: _BY_THE_COUNTY,
    Role.SECURITY_ADMIN: _BY_THE_COUNTY,
    Role.AUDITOR: _BY_THE_COUNTY,
    Role.TOWN_ADMIN: _BY_THE_COUNTY,
    Role.VILLAGE_ADMIN: frozenset({Role.TOWN_ADMIN, Role.COUNTY_ADMIN}),
}

_COUNTY = frozenset({RegionKind.COUNTY})
_ANYWHERE = frozenset(RegionKind)

# The kinds of region at which a role may be held; those not named may be held anywhere.
HELD_AT: dict[Role, frozenset[RegionKind]] = {
    Role.COUNTY_ADMIN: _COUNTY,
    Role.FINANCE: _COUNTY,
    Role.BANK: _COUNTY,
    Role.OPERATOR: _COUNTY,
    Role.SECURITY_ADMIN: _COUNTY,
    Role.AUDITOR: _COUNTY,
    Role.TOWN_ADMIN: frozenset({RegionKind.TOWN}),
    Role.VILLAGE_ADMIN: frozenset({RegionKind.VILLAGE}),
    Role.GROUP_LEADER: frozenset({RegionKind.GROUP}),
}


def kinds_for(role: Role) -> frozenset[RegionKind]:
    return HELD_AT.get(role, _ANYWHERE)


def giving(role: Role) -> tuple[Role, ...]:
    """The roles whose holders may grant this one."""
    return tuple(giver for giver, given in MAY_GRANT.items() if role in given)
