"""The columns of a file of goods, the row they make, and what may be wrong with it."""

from dataclasses import dataclass
from enum import StrEnum

from mall.catalogue.goods import Limit, Price
from mall.catalogue.models import LimitPeriod

SHEET = "商品"
GOODS_MAX = 5_000


class Column(StrEnum):
    """The headings; their order in the file is free."""

    OWN_NUMBER = "自编号"
    BARCODE = "条码"
    NAME = "名称"
    CATEGORY = "分类"
    UNIT = "单位"
    MARKET = "市场价（元）"
    POINTS = "积分价"
    LIMIT = "每户限购"
    PERIOD = "限购周期"
    LISTED = "上架"
    DESCRIPTION = "说明"


MAY_BE_EMPTY = frozenset(
    {Column.OWN_NUMBER, Column.BARCODE, Column.LIMIT, Column.PERIOD, Column.DESCRIPTION}
)
PERIODS = {"每天": LimitPeriod.DAY, "每月": LimitPeriod.MONTH, "一共": LimitPeriod.EVER}
LISTED = {"是": True, "否": False}


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


class Kind(StrEnum):
    COLUMN_MISSING = "column_missing"
    COLUMN_UNKNOWN = "column_unknown"
    COLUMN_TWICE = "column_twice"
    MERGED = "merged"
    FORMULA = "formula"
    CELL_KIND = "cell_kind"
    EMPTY = "empty"
    TOO_LONG = "too_long"
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
    Kind.COLUMN_MISSING: "缺少这一列，请补上（可下载模板对照）",
    Kind.COLUMN_UNKNOWN: "多出这一列“{name}”，请删除或改成模板里的列名",
    Kind.COLUMN_TWICE: "这一列出现了两次，请删除多余的一列",
    Kind.MERGED: "合并了单元格 {cells}，请取消合并，并在每一行都填上内容",
    Kind.FORMULA: "这里是公式，请复制这一列，再用“选择性粘贴→数值”粘贴回来",
    Kind.CELL_KIND: "内容看不懂，请重新填写",
    Kind.EMPTY: "没有填写",
    Kind.TOO_LONG: "太长了，最多 {most} 个字",
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
