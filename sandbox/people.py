"""The demo county's cast. None of them exist: their phones and ID numbers belong to nobody."""

from dataclasses import dataclass
from pathlib import Path

from app.register.households.roster.checks import check_character
from app.register.identity.roles import Role
from sandbox.roster import COUNTY_ID, COUNTY_NAME, Place, places

UNFINISHED = Path("sandbox") / "unfinished"  # below FEN_HOME while the county is being made
INTRODUCED = Path("sandbox") / "people.txt"  # who can sign in, as the start page shows it
LISTED = Path("sandbox") / "people.json"  # the same, for the page that asks "您想当谁"
ROSTER = Path(__file__).parent / "data" / "roster.xlsx"

__all__ = [
    "BOUND",
    "CLERK",
    "COUNTY_ID",
    "COUNTY_NAME",
    "FUNDER",
    "INTRODUCED",
    "LIAISON",
    "LISTED",
    "MERCHANT",
    "NEWCOMER",
    "OTHER_SHOPS",
    "PAYEE",
    "RESIDENTS",
    "ROSTER",
    "SHOP",
    "STAFF",
    "UNFINISHED",
    "VISITOR",
    "WORKERS",
    "Place",
    "Someone",
    "everybody",
    "holder",
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

# Who works in the villages and around them; ``make run`` has them, ``make demo`` does without.
WORKERS = (
    Someone("镇管理员", "香樟", "19900009011", Role.TOWN_ADMIN, "和平镇"),
    Someone("村管理员", "乌桕", "19900009012", Role.VILLAGE_ADMIN, "和平镇/新建村"),
    Someone("组长", "冬青", "19900009013", Role.GROUP_LEADER, "和平镇/前进村/二组"),
    Someone("审核员（复看）", "红枫", "19900009014", Role.REVIEWER),
    Someone("督查员", "黄栌", "19900009015", Role.INSPECTOR, "和平镇"),
    Someone("投放点管理员", "紫薇", "19900009016", Role.BOOTH_KEEPER, "和平镇/前进村"),
    Someone("收集员", "凌霄", "19900009017", Role.COLLECTOR, "和平镇/前进村"),
    Someone("清运员", "合欢", "19900009018", Role.HAULIER, "和平镇"),
    Someone("处置场操作员", "苦楝", "19900009019", Role.TREATMENT_OPERATOR),
    Someone("回收企业代表", "朴树", "19900009020", Role.RECYCLER_AGENT, "和平镇"),
    Someone("运营", "栾树", "19900009021", Role.OPERATOR),
    Someone("安全管理员", "柳杉", "19900009029", Role.SECURITY_ADMIN),
)
VISITOR = Someone("游客", "路过", "19900009022", Role.VISITOR)  # signed in, bound to nothing

# Heads of households in sandbox/data/roster.xlsx. The first is the liaison of the second.
LIAISON = Someone("联系党员", "秦竹林", "19900000000", Role.LIAISON, "和平镇/前进村")
RESIDENTS = (
    Someone("居民", "沈翠竹", "19900000001", Role.RESIDENT, "和平镇/前进村"),
    Someone("居民", "孙菊香", "19900000002", Role.RESIDENT, "和平镇/前进村"),
    Someone("居民", "沈金穗", "19900000004", Role.RESIDENT, "和平镇/新建村"),
)

# Residents of all three villages with a phone that is bound: those above, and these.
BOUND = (
    LIAISON,
    *RESIDENTS,
    Someone("联系党员", "许干净", "19900000003", Role.LIAISON, "和平镇/新建村"),
    Someone("联系党员", "吴丰收", "19900000006", Role.LIAISON, "丰收镇/向阳村"),
    Someone("居民", "孙石榴", "19900000007", Role.RESIDENT, "丰收镇/向阳村"),
    Someone("居民", "钱丰收", "19900000009", Role.RESIDENT, "和平镇/前进村"),
    Someone("联系党员", "沈晚霞", "19900000010", Role.LIAISON, "和平镇/前进村"),
    Someone("居民", "钱桃花", "19900000011", Role.RESIDENT, "和平镇/新建村"),
    Someone("居民", "卫明月", "19900000012", Role.RESIDENT, "和平镇/新建村"),
    Someone("居民", "冯稻香", "19900000013", Role.RESIDENT, "和平镇/新建村"),
    Someone("居民", "王麦穗", "19900000014", Role.RESIDENT, "丰收镇/向阳村"),
    Someone("居民", "陈雪松", "19900000016", Role.RESIDENT, "和平镇/前进村"),
    Someone("居民", "沈萤火", "19900000017", Role.RESIDENT, "和平镇/前进村"),
)

# On the roster, with a phone that nobody has bound yet: for trying how one begins.
NEWCOMER = Someone("还没绑定的居民", "钱枇杷", "19900000015", Role.VISITOR, "丰收镇/向阳村")

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


def everybody() -> tuple[Someone, ...]:
    """Who can sign in to the demo county: those who live there, those who sell, those who work."""
    return (*BOUND, VISITOR, CLERK, MERCHANT, *STAFF, *WORKERS)


def holder(role: Role) -> Someone:
    """The first of them who holds the role."""
    return next(someone for someone in everybody() if someone.role is role)
