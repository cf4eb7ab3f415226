"""Roles, and where somebody holds one."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


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
    SECURITY_ADMIN = "security_admin"  # accounts at computers, locks, recovery
    AUDITOR = "auditor"


BY_FACT = frozenset({Role.VISITOR, Role.RESIDENT, Role.LIAISON})
AT_A_SHOP = frozenset({Role.CLERK})
AT_A_MERCHANT = frozenset({Role.MERCHANT})
# Paid by the state for this very work: neither ranked nor given points unless the county says so.
OFFICIALS = frozenset(
    {Role.VILLAGE_ADMIN, Role.TOWN_ADMIN, Role.COUNTY_ADMIN, Role.FINANCE, Role.AUDITOR}
)
IN_AN_AREA = frozenset(Role) - BY_FACT - AT_A_SHOP - AT_A_MERCHANT

# Whoever holds one of these has shown their ID: two phones of one person must not be two people.
OFFICES = IN_AN_AREA
# Who agrees, as the second person, to what moves value or makes rules.
DECIDES = frozenset(
    {Role.VILLAGE_ADMIN, Role.TOWN_ADMIN, Role.COUNTY_ADMIN, Role.FINANCE, Role.BANK}
)
NAMES: dict[Role, str] = {
    Role.GROUP_LEADER: "组长",
    Role.REVIEWER: "审核员",
    Role.INSPECTOR: "督查员",
    Role.BOOTH_KEEPER: "投放点管理员",
    Role.COLLECTOR: "收集员",
    Role.HAULIER: "清运员",
    Role.TREATMENT_OPERATOR: "处置场操作员",
    Role.RECYCLER_AGENT: "回收企业代表",
    Role.VILLAGE_ADMIN: "村管理员",
    Role.TOWN_ADMIN: "镇管理员",
    Role.COUNTY_ADMIN: "县管理员",
    Role.FINANCE: "财政人员",
    Role.BANK: "银行人员",
    Role.OPERATOR: "运营人员",
    Role.SECURITY_ADMIN: "安全管理员",
    Role.AUDITOR: "审计员",
}


@dataclass(frozen=True)
class Grant:
    """A role and where it holds: a region with all that lies in it, a shop, or a merchant."""

    role: Role
    place_id: UUID
