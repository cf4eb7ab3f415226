"""The columns of a file of goods, the row they make, and what may be wrong with it."""

import re
from dataclasses import dataclass
from enum import StrEnum

from app.kernel import texts
from app.kernel.tables import Cells, Columns, Table
from app.kernel.units import Fen, fen_from_yuan
from mall.catalogue.goods import Limit, Price
from mall.catalogue.models import LimitPeriod

SHEET = "商品"
GOODS_MAX = 5_000
PRICE_MAX_FEN = 10_000_000
PERIODS = {"每天": LimitPeriod.DAY, "每月": LimitPeriod.MONTH, "一共": LimitPeriod.EVER}
YES_OR_NO = {"是": True, "否": False}
_OWN_NUMBER = re.compile(r"[0-9A-Za-z_-]{1,30}")
_BARCODE = re.compile(r"[0-9]{8,14}")
WHOLE = re.compile(r"[1-9][0-9]{0,7}")


class Kind(StrEnum):
    """What a file of goods may have wrong beside ``tables.Kind``."""

    NUMBER_MISSING = "number_missing"
    NUMBER_TWICE = "number_twice"
    OWN_NUMBER = "own_number"
    BARCODE = "barcode"
    TWO_GOODS = "two_goods"
    CATEGORY_UNKNOWN = "category_unknown"
    PRICE = "price"
    POINTS = "points"
    POINTS_ABOVE_MARKET = "points_above_market"
    LIMIT = "limit"
    PERIOD = "period"
    LISTED = "listed"


SENTENCES: dict[Kind, str] = {
    Kind.NUMBER_MISSING: "自编号和条码至少填一个，下次导入靠它认出这件商品",
    Kind.NUMBER_TWICE: "与第 {other} 行的号码相同，请删除其中一行",
    Kind.OWN_NUMBER: "自编号只能用字母、数字和横线，最多 30 个字",
    Kind.BARCODE: "条码应为 8 到 14 位数字；没有条码就留空",
    Kind.TWO_GOODS: "自编号和条码不是同一件商品的，请检查",
    Kind.CATEGORY_UNKNOWN: "没有“{name}”这个分类，请从下拉列表中选择；分类由县里先登记",
    Kind.PRICE: "应为大于 0 的金额，最多两位小数，例如 3.50",
    Kind.POINTS: "应为大于 0 的整数，1 分等于 1 分钱",
    Kind.POINTS_ABOVE_MARKET: "积分价不能高于市场价",
    Kind.LIMIT: "应为大于 0 的整数；不限购就留空",
    Kind.PERIOD: "填了每户限购，就要选 每天、每月 或 一共；不限购两格都留空",
    Kind.LISTED: "只能填“是”或“否”",
}


def price_fen(text: str) -> Fen | None:
    """An amount in yuan that goods may cost, or None."""
    try:
        fen = fen_from_yuan(text)
    except ValueError:
        return None
    return fen if 0 < fen <= PRICE_MAX_FEN else None


class Column(Columns):
    OWN_NUMBER = (
        "自编号",
        Cells(
            optional="与条码填一个",
            clean=texts.number,
            right=_OWN_NUMBER.fullmatch,
            wrong=Kind.OWN_NUMBER,
            how="您自己的编号，字母、数字和横线",
            example="A-001",
            is_text=True,
        ),
    )
    BARCODE = (
        "条码",
        Cells(
            optional="与自编号填一个",
            clean=texts.number,
            right=_BARCODE.fullmatch,
            wrong=Kind.BARCODE,
            how="包装上的条码，8 到 14 位数字",
            example="6900000000012",
            width=18,
            is_text=True,
        ),
    )
    NAME = "名称", Cells(how="60 个字以内", example="透明皂 200 克", width=28, is_text=True)
    CATEGORY = (
        "分类",
        Cells(
            length_max=41,
            how="从下拉列表中选择；分类由县里先登记",
            example="日用/清洁",
            width=18,
        ),
    )
    UNIT = "单位", Cells(length_max=10, how="一件是什么", example="块", is_text=True)
    MARKET = (
        "市场价（元）",
        Cells(
            clean=texts.number,
            right=price_fen,
            wrong=Kind.PRICE,
            how="平时卖多少钱，最多两位小数",
            example="3.50",
        ),
    )
    POINTS = (
        "积分价",
        Cells(
            clean=texts.number,
            right=WHOLE.fullmatch,
            wrong=Kind.POINTS,
            how="整数，1 分等于 1 分钱，不能高于市场价",
            example="300",
        ),
    )
    LIMIT = (
        "每户限购",
        Cells(
            optional="可以不填",
            clean=texts.number,
            right=WHOLE.fullmatch,
            wrong=Kind.LIMIT,
            how="每户最多买几件",
            example="2",
        ),
    )
    PERIOD = (
        "限购周期",
        Cells(
            optional="限购时必填",  # the row decides
            choices=tuple(PERIODS),
            how="每天、每月 或 一共",
            example="每月",
        ),
    )
    LISTED = (
        "上架",
        Cells(
            choices=tuple(YES_OR_NO),
            wrong=Kind.LISTED,
            how="是：居民能看到；否：先不给看",
            example="是",
        ),
    )
    DESCRIPTION = (
        "说明",
        Cells(optional="可以不填", length_max=500, how="500 个字以内", width=40, is_text=True),
    )


TABLE = Table(
    SHEET,
    Column,
    rows_max=GOODS_MAX,
    notes=(
        f"每件商品一行，一个文件最多 {GOODS_MAX} 件。不要合并单元格，不要用公式。",
        "重复导入不会重复登记：按自编号或条码认商品，有变化的更新，表里没有的不动。",
    ),
)


@dataclass(frozen=True)
class GoodsRow:
    """Goods as one row says, each cell checked by itself."""

    number: int  # of the row in the sheet, from 1
    own_number: str | None
    barcode: str | None
    name: str
    category: str  # 大类 or 大类/小类
    unit: str
    description: str
    price: Price
    limit: Limit | None
    is_listed: bool
