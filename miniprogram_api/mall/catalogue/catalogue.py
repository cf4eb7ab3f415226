"""The catalogue as residents see it, its categories, and prices that rose during a subsidy."""

from collections.abc import Sequence
from io import BytesIO
from typing import Any
from uuid import UUID

from flask import Response, send_file
from flask_smorest import Blueprint

from app.kernel import clock
from app.kernel.db import transaction
from app.register.identity.roles import Role
from app.web.api import ErrorOut
from app.web.auth import caller, public, requires
from app.web.contract import BINARY
from app.web.paging import page, placed_page
from mall.campaigns.tags import tags
from mall.catalogue import categories as tree
from mall.catalogue import photos, queries
from mall.catalogue.models import Category
from mall.catalogue.prices import Period, price_rises_during
from mall.catalogue.search import Found, Wish, offer, offers_of, place, search
from miniprogram_api.mall.catalogue.catalogue_bodies import (
    CatalogueArgs,
    CataloguePage,
    CategoryIn,
    CategoryListOut,
    CategoryOut,
    FoundDetailOut,
    GoodsOffersOut,
    GoodsPhotoArgs,
    PriceRisePage,
    PriceRisesArgs,
)

bp = Blueprint("catalogue", __name__, description="商品目录")
KEPT_SECONDS = 7 * 24 * 3600  # a picture never changes: another one has another id


@bp.get("/offers")
@requires(Role.VISITOR)
@bp.arguments(CatalogueArgs, location="query")
@bp.response(200, CataloguePage)
def offers(args: dict[str, Any]) -> dict[str, Any]:
    """What the caller's household can buy now, found and sorted as they wish."""
    sort, after, limit = args.pop("sort"), args.pop("after"), args.pop("limit")
    found = search(
        caller().county_id,
        Wish(**args),
        household_id=caller().household_id,
        sort=sort,
        after=after,
        limit=limit,
        at=clock.now(),
    )
    body = placed_page(found, limit, lambda row: place(row, sort))
    return body | {"items": _priced(found)}


@bp.get("/goods/<uuid:goods_id>/offers")
@requires(Role.VISITOR)
@bp.response(200, GoodsOffersOut)
@bp.alt_response(404, schema=ErrorOut, description="Nowhere that the caller can buy now")
def offers_of_goods(goods_id: UUID) -> dict[str, Any]:
    """Every shop where the caller's household can buy these goods now, most on the shelf first."""
    who = caller()
    found = offers_of(who.county_id, goods_id, household_id=who.household_id, at=clock.now())
    return {"items": _priced(found)}


@bp.get("/offers/<uuid:offer_id>")
@requires(Role.VISITOR)
@bp.response(200, FoundDetailOut)
@bp.alt_response(404, schema=ErrorOut, description="None that the caller can buy now")
def offer_detail(offer_id: UUID) -> dict[str, Any]:
    """One offer with all its pictures."""
    found = offer(caller().county_id, offer_id, household_id=caller().household_id, at=clock.now())
    return {
        "offer": _priced([found])[0],
        "photo_ids": queries.photo_ids([found.goods_id])[found.goods_id],
    }


def _priced(found: Sequence[Found]) -> list[dict[str, Any]]:
    """The offers with what each costs the caller's household now."""
    who = caller()
    quotes = tags(who.county_id, found, household_id=who.household_id, at=clock.now())
    return [
        vars(one)
        | {
            "points_now": quotes[one.id].points if quotes[one.id].campaign_id else one.points_price,
            "campaign_name": quotes[one.id].campaign_name,
            "funder_name": quotes[one.id].funder_name,
        }
        for one in found
    ]


@bp.get("/photos/<uuid:photo_id>")
@public
@bp.arguments(GoodsPhotoArgs, location="query")
@bp.response(200, BINARY, content_type="image/jpeg")
@bp.alt_response(404, schema=ErrorOut, description="No such picture")
def photo(args: dict[str, Any], photo_id: UUID) -> Response:
    """A picture of goods, as JPEG without metadata; public, so that a phone just shows it."""
    response = send_file(BytesIO(photos.jpeg(photo_id, args["size"])), mimetype="image/jpeg")
    response.headers["Cache-Control"] = f"public, max-age={KEPT_SECONDS}, immutable"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


@bp.get("/categories")
@requires(Role.VISITOR)
@bp.response(200, CategoryListOut)
def categories() -> dict[str, Any]:
    """The county's categories, the first level before the second."""
    return {"items": tree.categories(caller().county_id)}


@bp.post("/categories")
@requires(Role.COUNTY_ADMIN)
@bp.arguments(CategoryIn)
@bp.response(201, CategoryOut)
@bp.alt_response(404, schema=ErrorOut, description="No such parent")
@bp.alt_response(409, schema=ErrorOut, description="There is one of this name")
@bp.alt_response(422, schema=ErrorOut, description="The parent is of the second level")
def add_category(body: dict[str, Any]) -> Category:
    """Enter a category."""
    who = caller()
    with transaction():
        return tree.add_category(county_id=who.county_id, by=who.user_id, at=clock.now(), **body)


@bp.delete("/categories/<uuid:category_id>")
@requires(Role.COUNTY_ADMIN)
@bp.response(204)
@bp.alt_response(404, schema=ErrorOut, description="No such category")
@bp.alt_response(409, schema=ErrorOut, description="Something lies in it")
def remove_category(category_id: UUID) -> None:
    """Remove a category that holds nothing."""
    who = caller()
    with transaction():
        tree.remove_category(
            county_id=who.county_id, category_id=category_id, by=who.user_id, at=clock.now()
        )


@bp.get("/price-rises")
@requires(Role.COUNTY_ADMIN, Role.AUDITOR)
@bp.arguments(PriceRisesArgs, location="query")
@bp.response(200, PriceRisePage)
def price_rises(args: dict[str, Any]) -> dict[str, Any]:
    """Market prices that were lifted while a subsidy ran, newest first, each with its reason."""
    period = Period(args["since"], args["until"], tuple(args["shop_ids"]))
    rows = price_rises_during(
        caller().county_id, [period], before=args["before"], limit=args["limit"]
    )
    return page(rows, args["limit"])
