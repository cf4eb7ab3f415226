"""Goods and offers, for those who sell them; what residents find is in ``search``."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, bindparam, select, tuple_

from app.kernel.db import db
from app.kernel.lists import Listed, Wanted, listed
from mall.catalogue.errors import GoodsNotFound
from mall.catalogue.models import Goods, GoodsPhoto, GoodsState, Offer, PriceChange
from mall.catalogue.words import patterns


@dataclass(frozen=True)
class ShelfRow:
    """An offer as the staff of its shop see it."""

    id: UUID
    goods_id: UUID
    name: str
    unit: str
    market_price_fen: int
    points_price: int
    state: GoodsState
    is_listed: bool
    stock: int
    reserved: int
    sold: int


def goods_of(county_id: int, goods_id: UUID, merchant_ids: Collection[UUID] | None) -> Goods:
    """Goods of these merchants, or of any if none are named. Raises GoodsNotFound."""
    goods = db.session.get(Goods, goods_id)
    if (
        goods is None
        or goods.county_id != county_id
        or (merchant_ids is not None and goods.merchant_id not in merchant_ids)
    ):
        raise GoodsNotFound()
    return goods


def goods_list(
    county_id: int, wanted: Wanted, *, merchant_ids: Collection[UUID] | None
) -> Listed[Goods]:
    """Goods of these merchants, or of all, newest first."""
    query = select(Goods).where(Goods.county_id == county_id)
    if merchant_ids is not None:
        query = query.where(Goods.merchant_id.in_(merchant_ids))
    return listed(query, Goods, wanted)


def offers_of(goods_id: UUID) -> Sequence[Offer]:
    """Where the goods are offered: at most once in each shop of their merchant."""
    return db.session.scalars(
        select(Offer).where(Offer.goods_id == goods_id).order_by(Offer.id)
    ).all()


def photo_ids(goods_ids: Iterable[UUID]) -> dict[UUID, list[UUID]]:
    """The photos of each of the goods, in the order in which they were added."""
    found: dict[UUID, list[UUID]] = {goods_id: [] for goods_id in goods_ids}
    rows = db.session.execute(
        select(GoodsPhoto.goods_id, GoodsPhoto.id)
        .where(GoodsPhoto.goods_id.in_(list(found)))
        .order_by(GoodsPhoto.id)
    )
    for goods_id, photo_id in rows:
        found[goods_id].append(photo_id)
    return found


def price_changes(
    county_id: int, goods_id: UUID, *, before: UUID | None, limit: int
) -> list[PriceChange]:
    """Every price that the goods had, newest first."""
    query = select(PriceChange).where(
        PriceChange.county_id == county_id, PriceChange.goods_id == goods_id
    )
    if before is not None:
        query = query.where(PriceChange.id < before)
    return list(db.session.scalars(query.order_by(PriceChange.id.desc()).limit(limit)))


def shelf(
    shop_id: UUID,
    *,
    words: str,
    barcode: str | None = None,
    after: tuple[int | float, UUID] | None,
    limit: int,
) -> list[ShelfRow]:
    """What a shop offers, best sold first: to be picked from at the counter, and counted.

    Goods that are not shown to residents at the moment are there too.
    """
    named = named_patterns(words)
    query = (
        select(
            Offer.id,
            Goods.id,
            Goods.name,
            Goods.unit,
            Goods.market_price_fen,
            Goods.points_price,
            Goods.state,
            Offer.is_listed,
            Offer.stock,
            Offer.reserved,
            Offer.sold,
        )
        .join(Goods, Goods.id == Offer.goods_id)
        .where(Offer.shop_id == shop_id, Goods.state != GoodsState.WITHDRAWN, *matching(named))
        .order_by(Offer.sold.desc(), Offer.id.desc())
        .limit(limit)
    )
    if barcode is not None:
        query = query.where(Goods.barcode == barcode)
    if after is not None:
        query = query.where(tuple_(Offer.sold, Offer.id) < after)
    return [ShelfRow(*row) for row in db.session.execute(query, named)]


def matching(words: Iterable[str]) -> list[ColumnElement[bool]]:
    """That goods are found by every one of the words, as ``named_patterns`` names them."""
    return [Goods.search_text.like(bindparam(word), escape="\\") for word in words]


def named_patterns(words: str) -> dict[str, str]:
    """What somebody typed as the parameters of a query: ``{"word_0": …}``."""
    return {f"word_{n}": pattern for n, pattern in enumerate(patterns(words))}
