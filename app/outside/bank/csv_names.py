"""What Chinese banks call the columns and headings of the statement of a day."""

import re
from collections.abc import Mapping
from types import MappingProxyType

from app.kernel import texts

_UNIT = re.compile(r"[(（](?:人民币|元|人民币元|CNY|RMB)[)）]\Z")
_COLUMNS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "交易日期": ("记账日期", "入账日期", "会计日期", "交易时间", "入账时间", "记账日", "日期"),
        "交易流水号": (
            *("流水号", "交易流水", "银行流水号", "核心流水号", "主机流水号", "交易编号"),
            *("交易序号", "明细编号", "账户明细编号", "交易参考号", "日志号"),
        ),
        "收入金额": (
            *("收入", "贷方金额", "贷方发生额", "贷方", "存入金额", "存入", "转入金额"),
            *("贷方(收入)", "贷方(存入)", "收方金额"),
        ),
        "支出金额": (
            *("支出", "借方金额", "借方发生额", "借方", "支取金额", "支取", "转出金额"),
            *("借方(支出)", "借方(支取)", "付方金额"),
        ),
        "金额": ("交易金额", "发生额", "发生金额"),
        "借贷": ("借贷标志", "借贷方向", "借贷标识", "借/贷", "收支", "收支标志", "收支方向"),
        "余额": ("账户余额", "交易后余额", "本次余额", "联机余额"),
        "对方户名": (
            *("对方名称", "对方账户名称", "对方账户名", "对方单位", "对方单位名称", "对手户名"),
            *("交易对手", "交易对手名称", "交易对方", "对方姓名"),
        ),
        "对方账号": ("对方账户", "对方账户账号", "交易对手账号", "对手账号", "对方卡号"),
        "摘要": ("交易摘要", "摘要说明", "用途", "交易用途", "附言", "备注"),
        "指令号": (
            *("客户流水号", "企业流水号", "客户业务编号", "企业自制凭证号", "业务编号"),
            *("客户指令号", "指令编号"),
        ),
    }
)
_HEADINGS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "账号": ("账户", "账户账号", "本方账号", "客户账号", "卡号", "查询账号"),
        "日期": (
            "对账日期",
            "账单日期",
            "交易日期",
            "查询日期",
            "起止日期",
            "起始日期",
            "开始日期",
        ),
        "截止日期": ("终止日期", "结束日期", "截至日期"),
        "期初余额": ("上日余额", "昨日余额", "上期余额", "期初账户余额"),
        "期末余额": ("本日余额", "当日余额", "本期余额", "期末账户余额"),
        "笔数": ("总笔数", "交易笔数", "明细笔数"),
        "币种": ("货币", "币别"),
    }
)
# Where a bank that has no column for it may repeat our instruction's id.
MEMOS = ("摘要", "附言", "备注", "用途")


def _by_alias(names: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    return {alias: name for name, aliases in names.items() for alias in (name, *aliases)}


_COLUMN, _HEADING = _by_alias(_COLUMNS), _by_alias(_HEADINGS)


def plain(cell: str) -> str:
    """A name as it is compared: without its unit."""
    return _UNIT.sub("", texts.name(cell).replace("（", "(").replace("）", ")")).strip()


def places(cells: list[str]) -> dict[str, int]:
    """The columns by the names that we know them by, if this is the row of their names.

    Of two columns of one meaning the one with our own name for it is meant, else the first.
    """
    found: dict[str, int] = {}
    names = [plain(cell) for cell in cells]
    for place, name in enumerate(names):
        known = _COLUMN.get(name)
        if known is not None and (known not in found or name == known):
            found[known] = place
    return found


def memos(cells: list[str]) -> list[int]:
    """The columns of free text."""
    return [place for place, cell in enumerate(cells) if plain(cell) in MEMOS]


def headings(cells: list[str]) -> list[tuple[str, str]]:
    """What a row above the table tells: a name and its value side by side, or in one cell."""
    found = []
    for place, cell in enumerate(cells):
        inside, _, value = cell.replace("：", ":").partition(":")
        name = _HEADING.get(plain(inside))
        if name is None:
            continue
        beside = cells[place + 1] if place + 1 < len(cells) else ""
        found.append((name, value.strip() or beside))
    return found
