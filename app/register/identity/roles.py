"""Roles, and the person on whose behalf a request runs."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

from app.kernel.errors import Forbidden


class Role(StrEnum):
    """What a person may do. The first three follow from facts, the others are granted."""

    VISITOR = "visitor"  # signed in; may look, not act
    RESIDENT = "resident"  # bound to a household by real name
    LIAISON = "liaison"  # named as liaison by at least one household

    GROUP_LEADER = "group_leader"
    REVIEWER = "reviewer"
    INSPECTOR = "inspector"
    BOOTH_KEEPER = "booth_keeper"
    COLLECTOR = "collector"
    HAULIER = "haulier"
    TREATMENT_OPERATOR = "treatment_operator"
    RECYCLER_AGENT = "recycler_agent"
    MERCHANT = "merchant"  # owns shops, asks for cash-outs
    CLERK = "clerk"  # serves at one shop
    VILLAGE_ADMIN = "village_admin"
    TOWN_ADMIN = "town_admin"
    COUNTY_ADMIN = "county_admin"
    FINANCE = "finance"
    BANK = "bank"
    OPERATOR = "operator"
    AUDITOR = "auditor"


BY_FACT = frozenset({Role.VISITOR, Role.RESIDENT, Role.LIAISON})
AT_A_SHOP = frozenset({Role.CLERK})
AT_A_MERCHANT = frozenset({Role.MERCHANT})
# Paid by the state for this very work: neither ranked nor given points unless the county says so.
OFFICIALS = frozenset(
    {Role.VILLAGE_ADMIN, Role.TOWN_ADMIN, Role.COUNTY_ADMIN, Role.FINANCE, Role.AUDITOR}
)
IN_AN_AREA = frozenset(Role) - BY_FACT - AT_A_SHOP - AT_A_MERCHANT


@dataclass(frozen=True)
class Grant:
    """A role and where it holds: a region with all that lies in it, a shop, or a merchant."""

    role: Role
    place_id: UUID


@dataclass(frozen=True)
class Actor:
    """The caller, as the database describes them at the moment of the request."""

    user_id: UUID
    county_id: int
    grants: tuple[Grant, ...] = ()
    household_id: UUID | None = None
    member_id: UUID | None = None
    is_liaison: bool = False
    roles: frozenset[Role] = field(init=False)

    def __post_init__(self) -> None:
        roles = {Role.VISITOR, *(grant.role for grant in self.grants)}
        if self.household_id is not None:
            roles.add(Role.RESIDENT)
        if self.is_liaison:
            roles.add(Role.LIAISON)
        object.__setattr__(self, "roles", frozenset(roles))

    def may(self, roles: Iterable[Role]) -> bool:
        return not self.roles.isdisjoint(roles)

    def places(self, *roles: Role) -> tuple[UUID, ...]:
        """The regions, shops or merchants where the actor holds one of the roles."""
        return tuple(grant.place_id for grant in self.grants if grant.role in roles)

    def household(self) -> UUID:
        """The household of this actor; refuses an actor who is not bound to one."""
        if self.household_id is None:
            raise Forbidden()
        return self.household_id

    def member(self) -> UUID:
        """The household member this actor is; refuses an actor who is not bound to one."""
        if self.member_id is None:
            raise Forbidden()
        return self.member_id
