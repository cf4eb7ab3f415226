"""Importing goods: look at the whole file, then write all of it or nothing.

Goods are known by the merchant's own number, or by their barcode: the same file again changes
nothing. Goods that are not in the file are left alone, and a row never withdraws anything.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import IO, Any
from uuid import UUID

from sqlalchemy import insert, select

from app.kernel import audit, tables
from app.kernel.db import db, locked
from app.kernel.errors import Invalid
from app.kernel.ids import uuid7
from app.kernel.tables import Problem, Problems
from app.kernel.units import Fen, Points
from mall.catalogue.categories import categories
from mall.catalogue.files.columns import SENTENCES, TABLE, Column, GoodsRow, Kind
from mall.catalogue.files.reading import rows
from mall.catalogue.goods import Facts, Price, remember_price
from mall.catalogue.models import Category, Goods, GoodsState, PriceChange
from mall.catalogue.notices import GOODS_IMPORTED
from mall.catalogue.telling import tell_owners
from mall.merchants import queries as merchants

PROBLEMS_LISTED = 500
WRITTEN_AT_ONCE = 500


class NothingToImport(Invalid):
    code = "catalogue.no_rows"
    message = "文件里没有商品：请从第 2 行起，每行填一件"


class FileHasProblems(Invalid):
    """``problems`` lists the first of them by row; ``total`` counts all."""

    code = "catalogue.has_problems"
    message = "文件里有 {total} 处问题，没有导入任何内容，请按提示改好后重新导入"


@dataclass(frozen=True)
class Outcome:
    """What an import did, or would do if it was a dry run."""

    is_dry_run: bool
    rows: int
    added: int
    updated: int
    unchanged: int
    problem_count: int
    problems: tuple[Problem, ...]  # the first of them, by row


def import_goods(
    file: IO[bytes],
    *,
    county_id: int,
    merchant_id: UUID,
    is_dry_run: bool,
    by: UUID,
    at: datetime,
) -> Outcome:
    """Bring the goods of a workbook into a merchant's catalogue, all of them or none.

    A dry run lists every problem and changes nothing.

    Raises:
        MerchantNotFound: not in this county.
        FileHasProblems: a real run met problems; nothing was changed.
        NothingToImport: there is no row below the heading.
        WorkbookEmpty, WorkbookTooLarge, WorkbookTooOld, WorkbookEncrypted, NotAWorkbook,
        SheetMissing, TooManyRows: the file is no file of goods.
    """
    # New goods wait for this lock too, because their row looks at the merchant's.
    merchant = merchants.locked_merchant(county_id, merchant_id)
    problems = Problems(PROBLEMS_LISTED, SENTENCES)
    known = _registered(merchant.id)
    with tables.reading(file, TABLE, problems) as reader:
        found = list(_matched(rows(reader), county_id, known, problems))
    if problems.total:
        return _with_problems(len(found), problems, is_dry_run=is_dry_run)
    if not found:
        raise NothingToImport()
    new = [one for one in found if one.goods is None]
    changed = [one for one in found if one.goods is not None and one.differs()]
    if not is_dry_run:
        _add(new, county_id, merchant.id, by, at)
        for one in changed:
            one.write(by, at)
        audit.record(
            "catalogue.import_goods",
            county_id=county_id,
            actor_id=by,
            subject=("merchant", merchant.id),
            at=at,
            added=len(new),
            updated=len(changed),
        )
        tell_owners(
            GOODS_IMPORTED,
            merchant.id,
            merchant.id,
            county_id=county_id,
            by=by,
            at=at,
            details={"added": len(new), "updated": len(changed)},
        )
    unchanged = len(found) - len(new) - len(changed)
    return Outcome(is_dry_run, len(found), len(new), len(changed), unchanged, 0, ())


@dataclass(frozen=True)
class _Matched:
    """A row and the goods that it speaks of, if they are registered."""

    row: GoodsRow
    category_id: UUID
    goods: Goods | None

    def facts(self) -> Facts:
        row = self.row
        return Facts(
            category_id=self.category_id,
            name=row.name,
            unit=row.unit,
            description=row.description,
            # A number that is left out stays as it is registered.
            barcode=row.barcode or (self.goods.barcode if self.goods else None),
            own_number=row.own_number or (self.goods.own_number if self.goods else None),
            limit=row.limit,
            buyer_region_ids=tuple(self.goods.buyer_region_ids) if self.goods else (),
        )

    def state(self) -> GoodsState:
        return GoodsState.LISTED if self.row.is_listed else GoodsState.DRAFT

    def columns(self) -> dict[str, Any]:
        return {**self.facts().columns(), **self.row.price.columns(), "state": self.state()}

    def differs(self) -> bool:
        assert self.goods is not None, "new goods differ from nothing"
        return any(getattr(self.goods, name) != value for name, value in self.columns().items())

    def write(self, by: UUID, at: datetime) -> None:
        """Bring the registered goods up to the row."""
        goods = self.goods
        assert goods is not None, "new goods are added"
        former = Price(Fen(goods.market_price_fen), Points(goods.points_price))
        goods.become(self.state(), at)
        goods.become_something_else(self.facts().columns(), at)
        for name, value in self.row.price.columns().items():
            setattr(goods, name, value)
        if former != self.row.price:
            remember_price(goods, former, by, at)


def _registered(merchant_id: UUID) -> Sequence[Goods]:
    """The goods of the merchant, locked: what is compared with the file is what is changed."""
    return db.session.scalars(
        locked(
            select(Goods)
            .where(Goods.merchant_id == merchant_id, Goods.state != GoodsState.WITHDRAWN)
            .order_by(Goods.id)
        )
    ).all()


def _matched(
    found: Iterator[GoodsRow], county_id: int, known: Sequence[Goods], problems: Problems
) -> Iterator[_Matched]:
    places = named_categories(categories(county_id))
    by_own_number = {goods.own_number: goods for goods in known if goods.own_number}
    by_barcode = {goods.barcode: goods for goods in known if goods.barcode}
    seen: dict[tuple[Column, str], int] = {}
    taken: set[UUID] = set()
    for row in found:
        _check_twice(row, seen, problems)
        category_id = places.get(row.category)
        if category_id is None:
            problems.add(row.number, Column.CATEGORY, Kind.CATEGORY_UNKNOWN, name=row.category)
            continue
        by_number = by_own_number.get(row.own_number) if row.own_number else None
        by_code = by_barcode.get(row.barcode) if row.barcode else None
        goods = by_number or by_code
        is_clear = by_number is None or by_code is None or by_number is by_code
        if not is_clear or (goods is not None and goods.id in taken):
            problems.add(row.number, Column.BARCODE, Kind.TWO_GOODS)
        elif goods is not None:
            taken.add(goods.id)
        yield _Matched(row, category_id, goods)


def named_categories(found: Sequence[Category]) -> dict[str, UUID]:
    """The categories by what a file calls them: 大类, or 大类/小类."""
    names = {category.id: category.name for category in found}
    return {
        f"{names[category.parent_id]}/{category.name}" if category.parent_id else category.name: (
            category.id
        )
        for category in found
    }


def _check_twice(row: GoodsRow, seen: dict[tuple[Column, str], int], problems: Problems) -> None:
    for column, value in ((Column.OWN_NUMBER, row.own_number), (Column.BARCODE, row.barcode)):
        if value is None:
            continue
        other = seen.setdefault((column, value), row.number)
        if other != row.number:
            problems.add(row.number, column, Kind.NUMBER_TWICE, other=other)


def _add(
    new: Sequence[_Matched], county_id: int, merchant_id: UUID, by: UUID, at: datetime
) -> None:
    rest = iter(new)
    while some := list(islice(rest, WRITTEN_AT_ONCE)):
        ids = [uuid7(at) for _ in some]
        whole = {"county_id": county_id, "merchant_id": merchant_id}
        entered = {"created_by": by, "created_at": at}
        db.session.execute(
            insert(Goods),
            [
                {"id": id_, **whole, **entered, **one.columns()}
                for id_, one in zip(ids, some, strict=True)
            ],
        )
        db.session.execute(
            insert(PriceChange),
            [
                {
                    "county_id": county_id,
                    "id": uuid7(at),
                    "goods_id": id_,
                    "number": 1,
                    "market_to_fen": one.row.price.market_fen,
                    "settlement_to_fen": one.row.price.points,
                    "points_to": one.row.price.points,
                    "changed_by": by,
                    "changed_at": at,
                }
                for id_, one in zip(ids, some, strict=True)
            ],
        )


def _with_problems(count: int, problems: Problems, *, is_dry_run: bool) -> Outcome:
    if not is_dry_run:
        raise FileHasProblems(**problems.details())
    return Outcome(True, count, 0, 0, 0, problems.total, tuple(problems.listed()))
