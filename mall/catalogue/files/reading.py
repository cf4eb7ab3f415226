"""From a row as it was read to the goods that it speaks of."""

from collections.abc import Iterator

from app.kernel.tables import Reader, Row
from app.kernel.units import Points
from mall.catalogue.files.columns import (
    PERIODS,
    WHOLE,
    YES_OR_NO,
    Column,
    GoodsRow,
    Kind,
    price_fen,
)
from mall.catalogue.goods import Limit, Price


def rows(reader: Reader[Column]) -> Iterator[GoodsRow]:
    """The rows that are right in themselves; the others have become problems."""
    for read in reader.rows():
        row = _row(read)
        if row is not None:
            yield row


def _row(row: Row[Column]) -> GoodsRow | None:
    if not row[Column.OWN_NUMBER] and not row[Column.BARCODE]:
        row.problem(Column.OWN_NUMBER, Kind.NUMBER_MISSING)
    _check_limit(row)
    price = _price(row)
    if not row.is_right or price is None:
        return None
    return GoodsRow(
        number=row.number,
        own_number=row[Column.OWN_NUMBER] or None,
        barcode=row[Column.BARCODE] or None,
        name=row[Column.NAME],
        category=row[Column.CATEGORY],
        unit=row[Column.UNIT],
        description=row[Column.DESCRIPTION],
        price=price,
        limit=_limit(row),
        is_listed=YES_OR_NO[row[Column.LISTED]],
    )


def _price(row: Row[Column]) -> Price | None:
    market, points = price_fen(row[Column.MARKET]), row[Column.POINTS]
    if market is None or not WHOLE.fullmatch(points):
        return None
    if int(points) > market:
        row.problem(Column.POINTS, Kind.POINTS_ABOVE_MARKET)
        return None
    return Price(market, Points(int(points)))


def _check_limit(row: Row[Column]) -> None:
    count, period = row[Column.LIMIT], row[Column.PERIOD]
    if bool(count) != bool(period) or (period and period not in PERIODS):
        row.problem(Column.PERIOD, Kind.PERIOD)


def _limit(row: Row[Column]) -> Limit | None:
    count = row[Column.LIMIT]
    return Limit(int(count), PERIODS[row[Column.PERIOD]]) if count else None
