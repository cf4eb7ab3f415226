"""The person on whose behalf a request runs: what services ask of whoever calls them."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from app.kernel.errors import Forbidden
from app.register.identity.roles import Grant, Role


@dataclass(frozen=True)
class AtComputer:
    """The session by which somebody calls who signed in with a password (``staff``)."""

    session_id: UUID
    factor_at: datetime | None  # when the second factor was last given
    money_from: datetime | None  # before that they decide about no money


@dataclass(frozen=True)
class Caller:
    """The caller, as the database describes them at the moment of the request.

    A service that decides by who calls takes one as ``by``; one that only writes down whose doing
    it was takes the user's id.
    """

    user_id: UUID
    county_id: int
    grants: tuple[Grant, ...] = ()
    household_id: UUID | None = None
    member_id: UUID | None = None
    is_liaison: bool = False
    at_computer: AtComputer | None = None
    roles: frozenset[Role] = field(init=False)

    def __post_init__(self) -> None:
        roles = {Role.VISITOR, *(grant.role for grant in self.grants)}
        if self.household_id is not None:
            roles.add(Role.RESIDENT)
        if self.is_liaison:
            roles.add(Role.LIAISON)
        object.__setattr__(self, "roles", frozenset(roles))

    def may(self, roles: Iterable[Role]) -> bool:
        """Whether the caller holds one of the roles, wherever it is."""
        return not self.roles.isdisjoint(roles)

    def acting_as(self, roles: Iterable[Role]) -> frozenset[Role]:
        """By which of the roles they are admitted; as a visitor only where by no other."""
        found = self.roles.intersection(roles)
        return found - {Role.VISITOR} or found

    def places(self, *roles: Role) -> tuple[UUID, ...]:
        """The regions, shops or merchants where the caller holds one of the roles."""
        return tuple(grant.place_id for grant in self.grants if grant.role in roles)

    def household(self) -> UUID:
        """The household of the caller; refuses one who is not bound to any."""
        if self.household_id is None:
            raise Forbidden()
        return self.household_id

    def member(self) -> UUID:
        """The household member that the caller is; refuses one who is not bound to any."""
        if self.member_id is None:
            raise Forbidden()
        return self.member_id
