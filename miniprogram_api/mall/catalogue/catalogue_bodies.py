"""Bodies of the catalogue: categories, goods, their prices, offers and stock."""

from typing import Any

from flask_smorest.fields import Upload
from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from app.web.fields import Digits, Instant, Integer, Lines, Number, Whole, Words
from app.web.paging import (
    CountedArgs,
    PageArgs,
    PlaceArgs,
    counted_page_of,
    page_of,
    placed_page_of,
)
from mall.catalogue.models import GoodsState, LimitPeriod
from mall.catalogue.photos import Size
from mall.catalogue.search import Sort
from mall.merchants.models import ShopKind
from miniprogram_api.photos.picture_links import GoodsPictureLink

PRICE_MAX = 10_000_000  # fen: 100,000 yuan
STOCK_MAX = 1_000_000
_NAME = validate.Length(min=1, max=60)


class CategoryIn(Schema):
    parent_id = fields.UUID(load_default=None, metadata={"description": "Null: a first level"})
    name = Words(required=True, validate=validate.Length(min=1, max=20))
    position = Integer(load_default=0, validate=validate.Range(min=0, max=1000))


class CategoryOut(Schema):
    id = fields.UUID(required=True)
    parent_id = fields.UUID(required=True, allow_none=True)
    name = fields.String(required=True)
    position = fields.Integer(required=True)


class CategoryListOut(Schema):
    items = fields.List(fields.Nested(CategoryOut), required=True)


class PriceIn(Schema):
    market_price_fen = Integer(
        required=True,
        strict=True,
        validate=validate.Range(min=1, max=PRICE_MAX),
        metadata={"description": "What everybody pays for it in money"},
    )
    points_price = Integer(
        required=True,
        strict=True,
        validate=validate.Range(min=1, max=PRICE_MAX),
        metadata={"description": "At most the market price; a campaign may lower it at sale"},
    )


class FactsIn(Schema):
    category_id = fields.UUID(required=True)
    name = Words(required=True, validate=_NAME)
    unit = Words(required=True, validate=validate.Length(min=1, max=10))
    description = Lines(load_default="", validate=validate.Length(max=500))
    barcode = Digits(
        load_default=None,
        allow_none=True,
        validate=Whole(r"^[0-9]{8,14}$", error="条码应为 8 到 14 位数字"),
    )
    own_number = Number(
        load_default=None,
        allow_none=True,
        validate=Whole(r"^[0-9A-Za-z_-]{1,30}$", error="自编号只能用字母、数字和横线"),
    )
    limit_count = Integer(
        load_default=None,
        allow_none=True,
        strict=True,
        validate=validate.Range(min=1, max=STOCK_MAX),
        metadata={"description": "Pieces that a household may buy in `limit_period`"},
    )
    limit_period = fields.Enum(LimitPeriod, by_value=True, load_default=None, allow_none=True)
    buyer_region_ids = fields.List(
        fields.UUID(),
        load_default=list,
        validate=validate.Length(max=50),
        metadata={"description": "Whose residents may buy it; empty: everybody"},
    )

    @validates_schema
    def limit_is_whole(self, body: dict[str, Any], **_: Any) -> None:
        if (body["limit_count"] is None) != (body["limit_period"] is None):
            raise ValidationError("限购要同时填数量和周期", "limit_period")


class GoodsIn(FactsIn, PriceIn):
    merchant_id = fields.UUID(required=True)


class OfferPlaceOut(Schema):
    id = fields.UUID(required=True)
    shop_id = fields.UUID(required=True)
    is_listed = fields.Boolean(required=True)
    on_sale_from = fields.AwareDateTime(required=True)
    on_sale_until = fields.AwareDateTime(required=True, allow_none=True)
    stock = fields.Integer(required=True, metadata={"description": "On the shelf"})
    reserved = fields.Integer(required=True, metadata={"description": "Set aside for orders"})
    sold = fields.Integer(required=True)


class GoodsArgs(CountedArgs):
    state = fields.Enum(GoodsState, by_value=True, load_default=None)
    merchant_id = fields.UUID(load_default=None)
    category_id = fields.UUID(load_default=None)


class GoodsOut(Schema):
    id = fields.UUID(required=True)
    merchant_id = fields.UUID(required=True)
    category_id = fields.UUID(required=True)
    state = fields.Enum(GoodsState, by_value=True, required=True)
    name = fields.String(required=True)
    unit = fields.String(required=True)
    description = fields.String(required=True)
    barcode = fields.String(required=True, allow_none=True)
    own_number = fields.String(required=True, allow_none=True)
    market_price_fen = fields.Integer(required=True)
    points_price = fields.Integer(required=True)
    settlement_price_fen = fields.Integer(
        required=True, metadata={"description": "What the merchant is paid"}
    )
    subsidy_fen = fields.Integer(
        required=True, metadata={"description": "Settlement less points; 0 without a campaign"}
    )
    limit_count = fields.Integer(required=True, allow_none=True)
    limit_period = fields.Enum(LimitPeriod, by_value=True, required=True, allow_none=True)
    buyer_region_ids = fields.List(fields.UUID(), required=True)


class GoodsDetailOut(Schema):
    goods = fields.Nested(GoodsOut, required=True)
    photo_ids = fields.List(fields.UUID(), required=True)
    thumb_urls = fields.List(
        GoodsPictureLink(Size.THUMB), required=True, dump_only=True, attribute="photo_ids"
    )
    photo_urls = fields.List(
        GoodsPictureLink(Size.SHOWN), required=True, dump_only=True, attribute="photo_ids"
    )
    offers = fields.List(fields.Nested(OfferPlaceOut), required=True)


class OfferIn(Schema):
    is_listed = fields.Boolean(load_default=True)
    on_sale_from = Instant(load_default=None, metadata={"description": "Omit for at once"})
    on_sale_until = Instant(
        load_default=None, allow_none=True, metadata={"description": "Exclusive; null: no end"}
    )

    @validates_schema
    def begins_before_it_ends(self, body: dict[str, Any], **_: Any) -> None:
        begins, ends = body["on_sale_from"], body["on_sale_until"]
        if begins is not None and ends is not None and begins >= ends:
            raise ValidationError("结束时间要晚于开始时间", "on_sale_until")


class StockIn(Schema):
    stock = Integer(
        required=True,
        strict=True,
        validate=validate.Range(min=0, max=STOCK_MAX),
        metadata={"description": "Pieces on the shelf, those set aside for orders not counted"},
    )


class ShelfArgs(PlaceArgs):
    words = Words(load_default="", validate=validate.Length(max=30))
    barcode = Digits(
        load_default=None,
        validate=Whole(r"^[0-9]{8,14}$", error="条码应为 8 到 14 位数字"),
        metadata={"description": "As the camera reads it: the goods of this barcode"},
    )


class ShelfRowOut(Schema):
    id = fields.UUID(required=True, metadata={"description": "The offer"})
    goods_id = fields.UUID(required=True)
    name = fields.String(required=True)
    unit = fields.String(required=True)
    market_price_fen = fields.Integer(required=True)
    points_price = fields.Integer(required=True)
    state = fields.Enum(GoodsState, by_value=True, required=True)
    is_listed = fields.Boolean(required=True)
    stock = fields.Integer(required=True)
    reserved = fields.Integer(required=True)
    sold = fields.Integer(required=True)


class PriceChangeOut(Schema):
    id = fields.UUID(required=True)
    market_from_fen = fields.Integer(required=True, allow_none=True)
    market_to_fen = fields.Integer(required=True)
    settlement_from_fen = fields.Integer(required=True, allow_none=True)
    settlement_to_fen = fields.Integer(required=True)
    points_from = fields.Integer(required=True, allow_none=True)
    points_to = fields.Integer(required=True)
    changed_by = fields.UUID(required=True)
    changed_at = fields.AwareDateTime(required=True)


class PriceRisesArgs(PageArgs):
    since = Instant(required=True, metadata={"description": "The subsidy began"})
    until = Instant(required=True, metadata={"description": "Exclusive"})
    shop_ids = fields.List(
        fields.UUID(), load_default=list, metadata={"description": "Omit for all shops"}
    )


class PriceRiseOut(Schema):
    id = fields.UUID(required=True, metadata={"description": "Of the price change"})
    goods_id = fields.UUID(required=True)
    goods = fields.String(required=True)
    merchant_id = fields.UUID(required=True)
    merchant = fields.String(required=True)
    market_from_fen = fields.Integer(required=True)
    market_to_fen = fields.Integer(required=True)
    changed_by = fields.UUID(required=True)
    changed_at = fields.AwareDateTime(required=True)
    reason = fields.String(required=True, metadata={"description": "For people, in Chinese"})


class CatalogueArgs(PlaceArgs):
    words = Words(
        load_default="",
        validate=validate.Length(max=30),
        metadata={"description": "Parts of the name, its pinyin or initials, or a barcode"},
    )
    category_id = fields.UUID(load_default=None, metadata={"description": "With what lies in it"})
    points_min = Integer(load_default=None, validate=validate.Range(min=0, max=PRICE_MAX))
    points_max = Integer(load_default=None, validate=validate.Range(min=0, max=PRICE_MAX))
    in_stock = fields.Boolean(load_default=False)
    shop_id = fields.UUID(load_default=None)
    village_id = fields.UUID(
        load_default=None, metadata={"description": "Its shops, and malls, which deliver"}
    )
    sort = fields.Enum(Sort, by_value=True, load_default=Sort.NEWEST)


class FoundOut(Schema):
    id = fields.UUID(required=True, metadata={"description": "The offer"})
    goods_id = fields.UUID(required=True)
    category_id = fields.UUID(required=True)
    name = fields.String(required=True)
    description = fields.String(required=True)
    unit = fields.String(required=True)
    market_price_fen = fields.Integer(required=True)
    points_price = fields.Integer(required=True, metadata={"description": "Without a campaign"})
    points_now = fields.Integer(
        required=True,
        metadata={"description": "Today; the quote at the till or of a basket has the last word"},
    )
    campaign_name = fields.String(required=True, allow_none=True)
    funder_name = fields.String(required=True, allow_none=True)
    limit_count = fields.Integer(required=True, allow_none=True)
    limit_period = fields.Enum(LimitPeriod, by_value=True, required=True, allow_none=True)
    stock = fields.Integer(required=True)
    sold = fields.Integer(required=True)
    on_sale_until = fields.AwareDateTime(required=True, allow_none=True)
    shop_id = fields.UUID(required=True)
    shop = fields.String(required=True)
    shop_kind = fields.Enum(ShopKind, by_value=True, required=True)
    photo_id = fields.UUID(required=True, allow_none=True)
    thumb_url = GoodsPictureLink(Size.THUMB, "photo_id")
    photo_url = GoodsPictureLink(Size.SHOWN, "photo_id")


class FoundDetailOut(Schema):
    offer = fields.Nested(FoundOut, required=True)
    photo_ids = fields.List(fields.UUID(), required=True)
    thumb_urls = fields.List(
        GoodsPictureLink(Size.THUMB), required=True, dump_only=True, attribute="photo_ids"
    )
    photo_urls = fields.List(
        GoodsPictureLink(Size.SHOWN), required=True, dump_only=True, attribute="photo_ids"
    )


class GoodsOffersOut(Schema):
    items = fields.List(fields.Nested(FoundOut), required=True)


class GoodsPhotoIn(Schema):
    photo = Upload(
        required=True, metadata={"description": "JPEG, PNG, WebP or AVIF, at most 10 MB"}
    )


class GoodsPhotoOut(Schema):
    id = fields.UUID(required=True)


class GoodsPhotoArgs(Schema):
    size = fields.Enum(
        Size,
        by_value=True,
        load_default=Size.SHOWN,
        metadata={"description": "`shown`: at most 1600 px a side; `thumb`: at most 320 px"},
    )


GoodsPage = counted_page_of(GoodsOut)
PriceChangePage = page_of(PriceChangeOut)
PriceRisePage = page_of(PriceRiseOut)
ShelfPage = placed_page_of(ShelfRowOut)
CataloguePage = placed_page_of(FoundOut)
