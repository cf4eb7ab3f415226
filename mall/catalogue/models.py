"""Categories, goods with their prices, offers with their stock, and what changed of both."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    SmallInteger,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.db import Recorded, Registered, Turns


class GoodsState(StrEnum):
    DRAFT = "draft"  # being written; nobody but its merchant and the county sees it
    LISTED = "listed"
    WITHDRAWN = "withdrawn"  # for good; its past sales still point to it


class LimitPeriod(StrEnum):
    """How long a household's limit counts; days and months are those of China."""

    DAY = "day"
    MONTH = "month"
    EVER = "ever"


class MoveKind(StrEnum):
    COUNT = "count"  # somebody counted what stands on the shelf
    RESERVE = "reserve"  # from the shelf, set aside for an order
    CONSUME = "consume"  # what was set aside was handed over
    GIVE_BACK = "give_back"  # what was set aside goes back to the shelf
    RETURN = "return"  # what was handed over came back: the shop counts it, the limit forgets it


class Category(Turns, Registered):
    """Where goods are found: two levels, the county's own."""

    __tablename__ = "goods_categories"
    __table_args__ = (
        UniqueConstraint("county_id", "parent_id", "name", postgresql_nulls_not_distinct=True),
    )

    county_id: Mapped[int] = mapped_column(ForeignKey("counties.id"))
    parent_id: Mapped[UUID | None] = mapped_column(ForeignKey("goods_categories.id"))
    name: Mapped[str]
    position: Mapped[int] = mapped_column(SmallInteger)  # among those of its parent


class Goods(Registered):
    """A thing that a merchant sells for points, at the same price in all its shops.

    The settlement price is what the merchant is paid, the points price what the household pays;
    the difference is the subsidy, and somebody must fund it. Only a campaign does, so without
    one both are the same: the household pays what the merchant is paid.
    """

    __tablename__ = "goods"
    __table_args__ = (
        UniqueConstraint("id", "merchant_id"),  # what an offer's goods are bound to
        UniqueConstraint("merchant_id", "barcode"),
        UniqueConstraint("merchant_id", "own_number"),
        CheckConstraint("state IN ('draft', 'listed', 'withdrawn')", name="state_is_known"),
        CheckConstraint("points_price > 0", name="points_price_positive"),
        CheckConstraint(
            "settlement_price_fen <= market_price_fen", name="settled_at_most_at_market_price"
        ),
        CheckConstraint(
            "points_price = settlement_price_fen", name="no_subsidy_without_a_campaign"
        ),
        CheckConstraint(
            "(limit_count IS NULL) = (limit_period IS NULL) AND limit_count > 0",
            name="limit_is_whole",
        ),
        CheckConstraint("limit_period IN ('day', 'month', 'ever')", name="limit_period_is_known"),
        Index("ix_goods_county_id_category_id", "county_id", "category_id"),
    )

    county_id: Mapped[int] = mapped_column(ForeignKey("counties.id"))
    merchant_id: Mapped[UUID] = mapped_column(ForeignKey("merchants.id"))
    category_id: Mapped[UUID] = mapped_column(ForeignKey("goods_categories.id"))
    state: Mapped[GoodsState]
    # Since when residents can see it; none: never listed, or entered as listed.
    listed_at: Mapped[datetime | None]
    name: Mapped[str]
    description: Mapped[str]
    unit: Mapped[str]  # what one of it is: 瓶, 袋, 个
    barcode: Mapped[str | None]
    own_number: Mapped[str | None]  # the merchant's own, by which a file finds it again
    # What people may type to find it: name, its pinyin, its initials, numbers; in small letters.
    search_text: Mapped[str]
    market_price_fen: Mapped[int]  # what everybody pays for it in money
    settlement_price_fen: Mapped[int]
    points_price: Mapped[int]
    limit_count: Mapped[int | None]  # a household's, in ``limit_period``; none: as many as it likes
    limit_period: Mapped[LimitPeriod | None]
    # Whose residents may buy it; empty: the whole county's.
    buyer_region_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    created_by: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime]

    def become(self, state: GoodsState, at: datetime) -> None:
        """Enter a state; goods that were hidden are listed anew."""
        if state is GoodsState.LISTED and self.state is not GoodsState.LISTED:
            self.listed_at = at
        self.state = state

    def become_something_else(self, facts: Mapping[str, Any], at: datetime) -> None:
        """Take on other facts. What another name stood for, or only some could read, has not stood
        on a shelf: such goods are listed anew."""
        told = {name: facts[name] for name in ("name", "unit", "buyer_region_ids")}
        if self.state is GoodsState.LISTED and any(
            getattr(self, name) != value for name, value in told.items()
        ):
            self.listed_at = at
        for column, value in facts.items():
            setattr(self, column, value)

    @property
    def subsidy_fen(self) -> int:
        """What somebody else pays of it: nothing, unless a campaign lowers the points at sale."""
        return self.settlement_price_fen - self.points_price


class GoodsPhoto(Registered):
    """A public picture of goods, decoded and without metadata."""

    __tablename__ = "goods_photos"
    __table_args__ = (
        UniqueConstraint("goods_id", "sha256"),
        Index("ix_goods_photos_goods_id", "goods_id", "id"),
    )

    goods_id: Mapped[UUID] = mapped_column(ForeignKey("goods.id"))
    sha256: Mapped[bytes] = mapped_column(LargeBinary)  # of the upload
    added_by: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    added_at: Mapped[datetime]


class PriceChange(Recorded):
    """A price that was set: the first of goods comes from nothing. Never altered."""

    __tablename__ = "price_changes"
    __table_args__ = (
        CheckConstraint(
            "(market_from_fen IS NULL) = (settlement_from_fen IS NULL) "
            "AND (market_from_fen IS NULL) = (points_from IS NULL)",
            name="former_price_is_whole",
        ),
        CheckConstraint("(number = 1) = (market_from_fen IS NULL)", name="first_from_nothing"),
        UniqueConstraint("county_id", "goods_id", "number"),
        Index("ix_price_changes_changed_at", "county_id", "changed_at"),
    )

    goods_id: Mapped[UUID] = mapped_column(ForeignKey("goods.id"))
    number: Mapped[int]  # of the goods' changes, from 1
    market_from_fen: Mapped[int | None]
    market_to_fen: Mapped[int]
    settlement_from_fen: Mapped[int | None]
    settlement_to_fen: Mapped[int]
    points_from: Mapped[int | None]
    points_to: Mapped[int]
    changed_by: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    changed_at: Mapped[datetime]


class Offer(Registered):
    """Goods at one shop of their merchant: how many there are, and from when until when."""

    __tablename__ = "offers"
    __table_args__ = (
        UniqueConstraint("goods_id", "shop_id"),
        ForeignKeyConstraint(
            ["goods_id", "merchant_id"], ["goods.id", "goods.merchant_id"], name="fk_offers_goods"
        ),
        ForeignKeyConstraint(
            ["shop_id", "merchant_id"], ["shops.id", "shops.merchant_id"], name="fk_offers_shop"
        ),
        CheckConstraint("stock >= 0", name="stock_not_negative"),
        CheckConstraint("reserved >= 0", name="reserved_not_negative"),
        CheckConstraint("sold >= 0", name="sold_not_negative"),
        CheckConstraint("on_sale_from < on_sale_until", name="sale_begins_before_it_ends"),
        Index("ix_offers_shop_id", "shop_id", "id"),
        Index("ix_offers_county_id", "county_id", "id"),
    )

    county_id: Mapped[int] = mapped_column(ForeignKey("counties.id"))
    merchant_id: Mapped[UUID]
    goods_id: Mapped[UUID]
    shop_id: Mapped[UUID]
    is_listed: Mapped[bool]
    on_sale_from: Mapped[datetime]
    on_sale_until: Mapped[datetime | None]  # exclusive; none: until it is taken off
    # Since when people could read it here without a break, by our clock; none: it is not listed.
    stood_since: Mapped[datetime | None]
    # Pieces on the shelf, set aside for orders, and handed over so far; see stock_moves.
    stock: Mapped[int] = mapped_column(default=0)
    reserved: Mapped[int] = mapped_column(default=0)
    sold: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]

    @classmethod
    def is_on_sale(cls, at: datetime) -> ColumnElement[bool]:
        """Whether the instant lies between its days."""
        is_over = cls.on_sale_until.is_not(None) & (cls.on_sale_until <= at)
        return (cls.on_sale_from <= at) & ~is_over


class StockMove(Recorded):
    """One line of the journal of stock: all moves of an offer sum up to what it has."""

    __tablename__ = "stock_moves"
    __table_args__ = (
        CheckConstraint(
            "kind IN ('count', 'reserve', 'consume', 'give_back', 'return')",
            name="kind_is_known",
        ),
        CheckConstraint(
            "returned_count >= 0 AND (kind = 'return') = (returned_count > 0)",
            name="a_return_is_counted",
        ),
        # What a kind does to shelf and set-aside, so that no line can invent a piece.
        CheckConstraint(
            "CASE kind WHEN 'count' THEN reserved_change = 0"
            " WHEN 'reserve' THEN reserved_change > 0 AND stock_change = -reserved_change"
            " WHEN 'consume' THEN reserved_change < 0 AND stock_change = 0"
            " WHEN 'return' THEN reserved_change = 0 AND stock_change = 0"
            " ELSE reserved_change < 0 AND stock_change = -reserved_change END",
            name="changes_fit_the_kind",
        ),
        CheckConstraint("(kind = 'count') = (household_id IS NULL)", name="an_order_has_a_buyer"),
        ForeignKeyConstraint(["offer_id"], ["offers.id"], name="fk_stock_moves_offer"),
        Index(
            "uq_stock_moves_begun_once",
            "county_id",
            "reference",
            "offer_id",
            unique=True,
            postgresql_where=text("kind IN ('count', 'reserve')"),
        ),
        Index(
            "uq_stock_moves_ended_once",
            "county_id",
            "reference",
            "offer_id",
            unique=True,
            postgresql_where=text("kind IN ('consume', 'give_back')"),
        ),
        Index("ix_stock_moves_offer", "county_id", "offer_id", "id"),
        Index("ix_stock_moves_household", "county_id", "household_id", "goods_id", "moved_at"),
    )

    offer_id: Mapped[UUID]
    goods_id: Mapped[UUID] = mapped_column(ForeignKey("goods.id"))
    kind: Mapped[MoveKind]
    stock_change: Mapped[int]
    reserved_change: Mapped[int]
    returned_count: Mapped[int] = mapped_column(server_default="0")  # pieces that came back
    reference: Mapped[str]  # of what caused it, say "order:<id>"
    household_id: Mapped[UUID | None] = mapped_column(ForeignKey("households.id"))
    moved_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))  # none: the system
    moved_at: Mapped[datetime]
