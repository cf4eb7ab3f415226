"""In whose name the shell does what somebody answers for."""

from collections.abc import Collection

from app.register.identity import queries
from app.register.identity.caller import Caller
from app.register.identity.errors import NobodyNamed, UserNotFound
from app.register.identity.refusing import NotForThem
from app.register.identity.roles import Role
from app.register.regions import queries as regions


def caller_named(county_id: int, phone: str) -> Caller:
    """Whoever has the phone, with the roles they hold now.

    Raises:
        UserNotFound: nobody in the county has it, or they are blocked.
    """
    user = queries.user_by_phone(county_id, phone)
    if user is None or user.is_blocked:
        raise UserNotFound()
    return Caller(user.id, county_id, grants=queries.grants_of(user.id))


def official_named(county_id: int, phone: str, roles: Collection[Role]) -> Caller | None:
    """The holder of one of the roles who has the phone; none while the county has nobody to name.

    That is until its first administrator is entered; from then on no command is nobody's.

    Raises:
        NobodyNamed: the county has had an administrator, and ``phone`` is empty.
        UserNotFound: nobody in the county has the phone, or they are blocked.
        NotForThem: they hold none of the roles.
    """
    if not phone:
        if queries.ever_granted(county_id, Role.COUNTY_ADMIN):
            raise NobodyNamed()
        return None
    caller = caller_named(county_id, phone)
    if not caller.may(roles):
        raise NotForThem(caller, roles)
    return caller


def official_of_any_county(phone: str, roles: Collection[Role]) -> Caller | None:
    """The same, for what concerns no county that is here: of whichever they are an official.

    None while no county has anybody to name. Raises NobodyNamed, UserNotFound.
    """
    begun = [
        county.id
        for county in regions.counties()
        if queries.ever_granted(county.id, Role.COUNTY_ADMIN)
    ]
    if not begun:
        return None
    if not phone:
        raise NobodyNamed()
    for county_id in begun:
        user = queries.user_by_phone(county_id, phone)
        if user is not None and not user.is_blocked and queries.holds(user.id, roles):
            return Caller(user.id, county_id, grants=queries.grants_of(user.id))
    raise UserNotFound()
