"""Why a person may not do what others may, in words for the person who reads it."""

from collections.abc import Collection, Iterable

from app.kernel.errors import Forbidden
from app.register.identity.caller import Caller
from app.register.identity.roles import NAMES, Role

NAMED_MAX = 3  # of those who may; a list is not read
_OF_HOUSEHOLDS = {Role.RESIDENT, Role.LIAISON}
_BY_FACT_OR_SHOP = {
    Role.VISITOR: "访客",
    Role.RESIDENT: "住户",
    Role.LIAISON: "联系党员",
    Role.CLERK: "店员",
    Role.MERCHANT: "商户",
}
# Whom to ask, for the highest role that a person holds; who stands above all asks nobody.
_ASKS = (
    (
        {
            Role.COUNTY_ADMIN,
            Role.FINANCE,
            Role.BANK,
            Role.OPERATOR,
            Role.SECURITY_ADMIN,
            Role.AUDITOR,
        },
        None,
    ),
    ({Role.TOWN_ADMIN, Role.MERCHANT}, "县管理员"),
    ({Role.VILLAGE_ADMIN}, "镇管理员"),
    ({Role.CLERK}, "店主"),
)


class NotForThem(Forbidden):
    """The caller has none of the roles; the sentence says whose it is and whom to ask."""

    def __init__(self, by: Caller, roles: Collection[Role]) -> None:
        super().__init__()
        self._said = _said(by, roles)

    def sentence(self) -> str:
        return self._said


def _said(by: Caller, roles: Collection[Role]) -> str:
    if not by.roles & _OF_HOUSEHOLDS and set(roles) <= _OF_HOUSEHOLDS:
        if by.roles <= {Role.VISITOR}:
            return "这件事要先绑定自己家才能做，请先绑定，或联系村管理员"
        return f"这是{_names(roles)}自己做的事，您没有权限代办"
    whom = next((asked for held, asked in _ASKS if by.roles & held), "村管理员")
    may = f"这件事由{_names(roles)}来做，您没有权限"
    return f"{may}；有疑问请联系{whom}" if whom else may


def _names(roles: Iterable[Role]) -> str:
    named = NAMES | _BY_FACT_OR_SHOP
    names = [named[role] for role in roles]
    more = "等" if len(names) > NAMED_MAX else ""
    return "、".join(names[:NAMED_MAX]) + more
