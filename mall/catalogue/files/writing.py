"""The workbook to fill in, and the one that a merchant takes home."""

from uuid import UUID

from sqlalchemy import select

from app.kernel import tables
from app.kernel.db import db
from app.kernel.units import yuan_text
from mall.catalogue.categories import categories
from mall.catalogue.files.columns import PERIODS, TABLE, Column
from mall.catalogue.files.importing import named_categories
from mall.catalogue.models import Goods, GoodsState

_PERIOD_NAMES = {period: name for name, period in PERIODS.items()}


def template(county_id: int) -> bytes:
    """An .xlsx with the headings, lists to choose from, and a sheet that explains each column."""
    return tables.template(TABLE, {Column.CATEGORY: list(named_categories(categories(county_id)))})


def export(county_id: int, merchant_id: UUID) -> bytes:
    """An .xlsx of the merchant's goods, withdrawn ones apart, that can be imported again."""
    names = named_categories(categories(county_id))
    by_id = {id_: name for name, id_ in names.items()}
    goods = db.session.scalars(
        select(Goods)
        .where(
            Goods.county_id == county_id,
            Goods.merchant_id == merchant_id,
            Goods.state != GoodsState.WITHDRAWN,
        )
        .order_by(Goods.id)
    )
    rows = (_cells(one, by_id[one.category_id]) for one in goods)
    return tables.export(TABLE, {Column.CATEGORY: list(names)}, rows)


def _cells(goods: Goods, category: str) -> dict[Column, str | int]:
    return {
        Column.OWN_NUMBER: goods.own_number or "",
        Column.BARCODE: goods.barcode or "",
        Column.NAME: goods.name,
        Column.CATEGORY: category,
        Column.UNIT: goods.unit,
        Column.MARKET: yuan_text(goods.market_price_fen),
        Column.POINTS: goods.points_price,
        Column.LIMIT: goods.limit_count or "",
        Column.PERIOD: _PERIOD_NAMES[goods.limit_period] if goods.limit_period else "",
        Column.LISTED: "是" if goods.state is GoodsState.LISTED else "否",
        Column.DESCRIPTION: goods.description,
    }
