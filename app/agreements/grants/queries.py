"""What about the county's offices is not as the rule of two people wants it."""

from dataclasses import dataclass
from uuid import UUID

from app.register.identity import queries
from app.register.identity.apart import found_together
from app.register.identity.roles import Role


@dataclass(frozen=True)
class Fault:
    """A user whose roles let one person be two."""

    user_id: UUID
    roles: tuple[Role, ...]
    sentence: str


def faults(county_id: int) -> list[Fault]:
    """Holders whom nobody knows, and pairs of roles in one person, from before the rule too."""
    unknown = [
        Fault(user_id, tuple(roles), "还没有登记身份证号，不能做第二个人")
        for user_id, roles in queries.unknown_holders(county_id).items()
    ]
    together = [
        Fault(one.user_id, one.roles, "这两个角色不能由同一个人担任")
        for one in found_together()
        if one.county_id == county_id
    ]
    return [*unknown, *together]
