"""Goods, managed by their merchant or the county: facts, prices, offers, pictures."""

from typing import Any
from uuid import UUID

from flask_smorest import Blueprint

from app.kernel import clock
from app.kernel.db import reading, transaction
from app.kernel.units import Fen, Points
from app.register.identity.roles import Role
from app.web.api import ErrorOut
from app.web.auth import caller, requires
from app.web.idempotency import idempotent
from app.web.multipart import multipart
from app.web.paging import PageArgs, page, wanted
from mall.catalogue import goods as commands
from mall.catalogue import offers, photos, queries
from mall.catalogue.models import Goods, GoodsPhoto, Offer, PriceChange
from miniprogram_api.mall.catalogue.catalogue_bodies import (
    FactsIn,
    GoodsArgs,
    GoodsDetailOut,
    GoodsIn,
    GoodsOut,
    GoodsPage,
    GoodsPhotoIn,
    GoodsPhotoOut,
    OfferIn,
    OfferPlaceOut,
    PriceChangePage,
    PriceIn,
)
from miniprogram_api.mall.serving import managed_merchant, managed_merchants

bp = Blueprint("goods", __name__, description="商品管理")
MANAGERS = (Role.MERCHANT, Role.COUNTY_ADMIN)


@bp.get("")
@requires(*MANAGERS)
@bp.arguments(GoodsArgs, location="query")
@bp.response(200, GoodsPage)
def goods(args: dict[str, Any]) -> dict[str, Any]:
    """The goods that the caller manages, newest first."""
    rows = queries.goods_list(caller().county_id, wanted(args), merchant_ids=managed_merchants())
    return page(rows, args["limit"])


@bp.post("")
@requires(*MANAGERS)
@idempotent
@bp.arguments(GoodsIn)
@bp.response(201, GoodsOut)
@bp.alt_response(404, schema=ErrorOut, description="No such merchant, category or region")
@bp.alt_response(409, schema=ErrorOut, description="The barcode or own number is taken")
@bp.alt_response(422, schema=ErrorOut, description="Dearer in points than in money")
def enter_goods(body: dict[str, Any]) -> Goods:
    """Write new goods down, as a draft."""
    return commands.enter_goods(
        county_id=caller().county_id,
        merchant_id=managed_merchant(body.pop("merchant_id")),
        price=_price(body),
        facts=_facts(body),
        by=caller().user_id,
        at=clock.now(),
    )


@bp.get("/<uuid:goods_id>")
@requires(*MANAGERS)
@bp.response(200, GoodsDetailOut)
@bp.alt_response(404, schema=ErrorOut, description="None that the caller manages")
def goods_detail(goods_id: UUID) -> dict[str, Any]:
    """Goods with their pictures and where they are offered."""
    found = _managed(goods_id)
    return {
        "goods": found,
        "photo_ids": queries.photo_ids([found.id])[found.id],
        "offers": queries.offers_of(found.id),
    }


@bp.put("/<uuid:goods_id>")
@requires(*MANAGERS)
@bp.arguments(FactsIn)
@bp.response(200, GoodsOut)
@bp.alt_response(404, schema=ErrorOut, description="None that the caller manages")
@bp.alt_response(409, schema=ErrorOut, description="Withdrawn, or a number is taken")
def change_goods(body: dict[str, Any], goods_id: UUID) -> Goods:
    """Replace what the goods are; the price has a request of its own."""
    with transaction():
        return commands.change_goods(facts=_facts(body), **_command(goods_id))


@bp.put("/<uuid:goods_id>/price")
@requires(*MANAGERS)
@bp.arguments(PriceIn)
@bp.response(200, GoodsOut)
@bp.alt_response(404, schema=ErrorOut, description="None that the caller manages")
@bp.alt_response(409, schema=ErrorOut, description="Withdrawn")
@bp.alt_response(422, schema=ErrorOut, description="Dearer in points than in money")
def reprice(body: dict[str, Any], goods_id: UUID) -> Goods:
    """Set another price; who changed it from what to what is kept."""
    with transaction():
        return commands.reprice(price=_price(body), **_command(goods_id))


@bp.get("/<uuid:goods_id>/price-changes")
@requires(*MANAGERS)
@bp.arguments(PageArgs, location="query")
@bp.response(200, PriceChangePage)
@bp.alt_response(404, schema=ErrorOut, description="None that the caller manages")
def price_changes(args: dict[str, Any], goods_id: UUID) -> dict[str, list[PriceChange]]:
    """Every price that the goods had, newest first."""
    rows = queries.price_changes(caller().county_id, _managed(goods_id).id, **args)
    return page(rows, args["limit"])


@bp.post("/<uuid:goods_id>/listing")
@requires(*MANAGERS)
@bp.response(200, GoodsOut)
@bp.alt_response(404, schema=ErrorOut, description="None that the caller manages")
@bp.alt_response(409, schema=ErrorOut, description="Withdrawn")
def list_goods(goods_id: UUID) -> Goods:
    """Show the goods to residents, wherever they are offered."""
    with transaction():
        return commands.list_goods(**_command(goods_id))


@bp.post("/<uuid:goods_id>/withdrawal")
@requires(*MANAGERS)
@bp.response(200, GoodsOut)
@bp.alt_response(404, schema=ErrorOut, description="None that the caller manages")
@bp.alt_response(409, schema=ErrorOut, description="Withdrawn already")
def withdraw_goods(goods_id: UUID) -> Goods:
    """Take the goods out of the catalogue for good."""
    with transaction():
        return commands.withdraw_goods(**_command(goods_id))


@bp.put("/<uuid:goods_id>/offers/<uuid:shop_id>")
@requires(*MANAGERS)
@bp.arguments(OfferIn)
@bp.response(200, OfferPlaceOut)
@bp.alt_response(404, schema=ErrorOut, description="No such goods, or no such shop of theirs")
@bp.alt_response(409, schema=ErrorOut, description="Withdrawn")
def offer(body: dict[str, Any], goods_id: UUID, shop_id: UUID) -> Offer:
    """Offer the goods at a shop of their merchant, or change when."""
    at = clock.now()
    on_sale = offers.OnSale(body["is_listed"], body["on_sale_from"] or at, body["on_sale_until"])
    with transaction():
        return offers.offer(
            goods=_managed(goods_id), shop_id=shop_id, on_sale=on_sale, by=caller().user_id, at=at
        )


@bp.post("/<uuid:goods_id>/photos")
@requires(*MANAGERS)
@multipart(bp, files=GoodsPhotoIn)
@bp.response(201, GoodsPhotoOut)
@bp.alt_response(404, schema=ErrorOut, description="None that the caller manages")
@bp.alt_response(409, schema=ErrorOut, description="Withdrawn, or as many pictures as there may be")
@bp.alt_response(413, schema=ErrorOut, description="More than 10 MB")
@bp.alt_response(415, schema=ErrorOut, description="Not a JPEG, PNG, WebP or AVIF")
@bp.alt_response(422, schema=ErrorOut, description="Empty or damaged")
@bp.alt_response(503, schema=ErrorOut, description="The photo store is full or away")
def add_photo(files: dict[str, Any], goods_id: UUID) -> GoodsPhoto:
    """Show a picture with the goods; the same file again is the same picture."""
    with reading():
        _managed(goods_id)
    picture = photos.take_in(files["photo"].stream, at=clock.now())
    with transaction():
        return photos.add_photo(
            goods=_managed(goods_id), picture=picture, by=caller().user_id, at=clock.now()
        )


@bp.delete("/<uuid:goods_id>/photos/<uuid:photo_id>")
@requires(*MANAGERS)
@bp.response(204)
@bp.alt_response(404, schema=ErrorOut, description="No such picture that the caller manages")
@bp.alt_response(409, schema=ErrorOut, description="Withdrawn")
def remove_photo(goods_id: UUID, photo_id: UUID) -> None:
    """Show the picture no longer."""
    with transaction():
        photos.remove_photo(
            goods=_managed(goods_id), photo_id=photo_id, by=caller().user_id, at=clock.now()
        )


def _managed(goods_id: UUID) -> Goods:
    return queries.goods_of(caller().county_id, goods_id, managed_merchants())


def _command(goods_id: UUID) -> dict[str, Any]:
    """What every command on goods is told: which, by whom, on whose behalf, when."""
    return {
        "county_id": caller().county_id,
        "goods_id": goods_id,
        "merchant_ids": managed_merchants(),
        "by": caller().user_id,
        "at": clock.now(),
    }


def _price(body: dict[str, Any]) -> commands.Price:
    return commands.Price(Fen(body.pop("market_price_fen")), Points(body.pop("points_price")))


def _facts(body: dict[str, Any]) -> commands.Facts:
    count, period = body.pop("limit_count"), body.pop("limit_period")
    limit = commands.Limit(count, period) if count is not None else None
    regions = tuple(dict.fromkeys(body.pop("buyer_region_ids")))
    return commands.Facts(limit=limit, buyer_region_ids=regions, **body)
