"""The demo county's cast. None of them exist: their phones and ID numbers belong to nobody."""

from dataclasses import dataclass
from pathlib import Path

from app.register.households.roster.checks import check_character
from app.register.identity.roles import Role
from sandbox.roster import COUNTY_ID, COUNTY_NAME, Place, places

ROSTER = Path(__file__).parent / "data" / "roster.xlsx"

__all__ = [
    "CLERK",
    "COUNTY_ID",
    "COUNTY_NAME",
    "FUNDER",
    "LIAISON",
    "MERCHANT",
    "OTHER_SHOPS",
    "PAYEE",
    "RESIDENTS",
    "ROSTER",
    "SHOP",
    "STAFF",
    "Place",
    "Someone",
    "id_number",
    "places",
]


@dataclass(frozen=True)
class Someone:
    """A person of the demo: signs in to the sandbox WeChat as ``openid``."""

    title: str
    name: str
    phone: str
    role: Role
    area: str = ""  # 镇/村; empty: the county

    @property
    def openid(self) -> str:
        return f"demo-{self.phone}"


def id_number(someone: Someone) -> str:
    """A valid ID number that is nobody else's of the demo."""
    first_17 = f"99010119690720{someone.phone[-3:]}"
    return first_17 + check_character(first_17)


STAFF = (
    Someone("县级管理员", "水杉", "19900009001", Role.COUNTY_ADMIN),
    Someone("县级管理员（复核）", "云杉", "19900009002", Role.COUNTY_ADMIN),
    Someone("村管理员", "银杏", "19900009003", Role.VILLAGE_ADMIN, "和平镇/前进村"),
    Someone("审核员", "白桦", "19900009004", Role.REVIEWER),
    Someone("财政经办", "红松", "19900009005", Role.FINANCE),
    Someone("财政复核", "青松", "19900009006", Role.FINANCE),
    Someone("银行", "金桂", "19900009007", Role.BANK),
    Someone("审计", "丹桂", "19900009008", Role.AUDITOR),
)

# Heads of households in sandbox/data/roster.xlsx. The first is the liaison of the second.
LIAISON = Someone("联系党员", "秦竹林", "19900000000", Role.LIAISON, "和平镇/前进村")
RESIDENTS = (
    Someone("居民", "沈翠竹", "19900000001", Role.RESIDENT, "和平镇/前进村"),
    Someone("居民", "孙菊香", "19900000002", Role.RESIDENT, "和平镇/前进村"),
    Someone("居民", "沈金穗", "19900000004", Role.RESIDENT, "和平镇/新建村"),
)

MERCHANT = Someone("商户", "前进百货", "19900009009", Role.MERCHANT, "和平镇/前进村")
CLERK = Someone("店员", "小满", "19900009010", Role.CLERK, "和平镇/前进村")
SHOP = "前进村小卖部"
FUNDER = "示范县供销社"  # pays for the half-price days
PAYEE = {
    "payee_name": "示范县前进百货店",
    "payee_account": "9901010200000018",
    "payee_bank": "示范银行和平支行",
}
# Two more, whose goods the county looks after: merchant, licence, account, shop.
OTHER_SHOPS = (
    (
        "示范县新建便民店",
        "92990101MA0000001U",
        "9901010200000026",
        "新建村便民店",
        "counter",
    ),
    ("示范县积分商城", "92990101MA0000002Y", "9901010200000034", "积分商城", "mall"),
)
