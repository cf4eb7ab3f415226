"""From a sheet to rows of goods, each cell checked by itself."""

import re
from collections.abc import Iterator

from app.kernel.units import Fen, Points, fen_from_yuan
from app.kernel.workbooks import Cell, Problems, Sheet, TooManyRows
from mall.catalogue.files.columns import (
    GOODS_MAX,
    LISTED,
    MAY_BE_EMPTY,
    PERIODS,
    Column,
    GoodsRow,
    Kind,
)
from mall.catalogue.goods import Limit, Price

PRICE_MAX_FEN = 10_000_000
LENGTH_MAX = {Column.NAME: 60, Column.UNIT: 10, Column.CATEGORY: 41, Column.DESCRIPTION: 500}
_OWN_NUMBER = re.compile(r"^[0-9A-Za-z_-]{1,30}$")
_BARCODE = re.compile(r"^[0-9]{8,14}$")
_WHOLE = re.compile(r"^[1-9][0-9]{0,7}$")


def rows(sheet: Sheet, problems: Problems) -> Iterator[GoodsRow]:
    """The rows that are right in themselves; the others become problems.

    Raises:
        TooManyRows: more goods than one file may hold.
        NotAWorkbook: the file turns out to be damaged.
    """
    lines = sheet.rows()
    heading = next(lines, (1, ()))[1]
    places = _places(heading, problems)
    for merge in sheet.merges:
        problems.add(merge.row, merge.column_letter, Kind.MERGED, cells=merge.cells)
    if len(places) < len(Column):
        return
    count = 0
    for number, cells in lines:
        if all(cell.value is None for cell in cells):
            continue
        count += 1
        if count > GOODS_MAX:
            raise TooManyRows(most=GOODS_MAX)
        row = _row(number, {column: cells[place] for column, place in places.items()}, problems)
        if row is not None:
            yield row


def _places(heading: tuple[Cell, ...], problems: Problems) -> dict[Column, int]:
    found: dict[Column, int] = {}
    for place, cell in enumerate(heading):
        name = "".join(str(cell.value or "").split())
        if not name:
            continue
        if name not in set(Column):
            problems.add(1, name[:30], Kind.COLUMN_UNKNOWN, name=name[:30])
        elif Column(name) in found:
            problems.add(1, name, Kind.COLUMN_TWICE)
        else:
            found[Column(name)] = place
    for column in Column:
        if column not in found:
            problems.add(1, column, Kind.COLUMN_MISSING)
    return found


def _row(number: int, cells: dict[Column, Cell], problems: Problems) -> GoodsRow | None:
    before = problems.total
    texts = {column: _text(number, column, cells[column], problems) for column in Column}
    _check_numbers(number, texts, problems)
    price = _price(number, texts, problems)
    limit = _limit(number, texts, problems)
    if texts[Column.LISTED] and texts[Column.LISTED] not in LISTED:
        problems.add(number, Column.LISTED, Kind.LISTED)
    if problems.total > before or price is None:
        return None
    return GoodsRow(
        number=number,
        own_number=texts[Column.OWN_NUMBER] or None,
        barcode=texts[Column.BARCODE] or None,
        name=texts[Column.NAME],
        category=texts[Column.CATEGORY],
        unit=texts[Column.UNIT],
        description=texts[Column.DESCRIPTION],
        price=price,
        limit=limit,
        is_listed=LISTED[texts[Column.LISTED]],
    )


def _text(row: int, column: Column, cell: Cell, problems: Problems) -> str:
    value = cell.value
    if value is None:
        text = ""
    elif cell.data_type == "f":
        problems.add(row, column, Kind.FORMULA)
        return ""
    elif isinstance(value, bool) or not isinstance(value, int | float | str):
        problems.add(row, column, Kind.CELL_KIND)
        return ""
    else:
        text = _plain(value)
    if not text and column not in MAY_BE_EMPTY:
        problems.add(row, column, Kind.EMPTY)
    most = LENGTH_MAX.get(column, 60)
    if len(text) > most:
        problems.add(row, column, Kind.TOO_LONG, most=most)
        return ""
    return text


def _plain(value: int | float | str) -> str:
    """A number as people write it, a text without what cannot be printed."""
    if isinstance(value, float):  # 13 digits of a barcode are exact in a float, and so are prices
        return str(int(value)) if value.is_integer() else repr(value)
    return "".join(character for character in str(value) if character.isprintable()).strip()


def _check_numbers(row: int, texts: dict[Column, str], problems: Problems) -> None:
    own_number, barcode = texts[Column.OWN_NUMBER], texts[Column.BARCODE]
    if not own_number and not barcode:
        problems.add(row, Column.OWN_NUMBER, Kind.NUMBER_MISSING)
    if own_number and not _OWN_NUMBER.match(own_number):
        problems.add(row, Column.OWN_NUMBER, Kind.OWN_NUMBER)
    if barcode and not _BARCODE.match(barcode):
        problems.add(row, Column.BARCODE, Kind.BARCODE)


def _price(row: int, texts: dict[Column, str], problems: Problems) -> Price | None:
    market, points = _fen(texts[Column.MARKET]), texts[Column.POINTS]
    if texts[Column.MARKET] and market is None:
        problems.add(row, Column.MARKET, Kind.PRICE)
    if points and not _WHOLE.match(points):
        problems.add(row, Column.POINTS, Kind.POINTS)
        return None
    if market is None or not points:
        return None
    if int(points) > market:
        problems.add(row, Column.POINTS, Kind.POINTS_ABOVE_MARKET)
        return None
    return Price(market, Points(int(points)))


def _fen(text: str) -> Fen | None:
    try:
        fen = fen_from_yuan(text)
    except ValueError:
        return None
    return fen if 0 < fen <= PRICE_MAX_FEN else None


def _limit(row: int, texts: dict[Column, str], problems: Problems) -> Limit | None:
    count, period = texts[Column.LIMIT], texts[Column.PERIOD]
    if count and not _WHOLE.match(count):
        problems.add(row, Column.LIMIT, Kind.LIMIT)
        return None
    if bool(count) != bool(period) or (period and period not in PERIODS):
        problems.add(row, Column.PERIOD, Kind.PERIOD)
        return None
    return Limit(int(count), PERIODS[period]) if count else None
