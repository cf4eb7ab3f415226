"""A shop's shelf: the quick list at the counter, and counting stock."""

from typing import Any
from uuid import UUID

from flask_smorest import Blueprint

from app.kernel import clock
from app.register.identity.roles import Role
from app.web.api import ErrorOut
from app.web.auth import caller, requires
from app.web.idempotency import idempotent
from app.web.paging import placed_page
from mall.catalogue import offers, queries
from mall.catalogue.models import Offer
from miniprogram_api.mall.catalogue.catalogue_bodies import (
    OfferPlaceOut,
    ShelfArgs,
    ShelfPage,
    StockIn,
)
from miniprogram_api.mall.serving import served_shop

bp = Blueprint("shelves", __name__, description="货架")


@bp.get("/<uuid:shop_id>/shelf")
@requires(Role.CLERK, Role.MERCHANT)
@bp.arguments(ShelfArgs, location="query")
@bp.response(200, ShelfPage)
@bp.alt_response(404, schema=ErrorOut, description="Not a shop of the caller")
def shelf(args: dict[str, Any], shop_id: UUID) -> dict[str, Any]:
    """What the shop offers with prices and stock, best sold first, to pick from at the counter."""
    rows = queries.shelf(served_shop(shop_id).id, **args)
    return placed_page(rows, args["limit"], lambda row: (row.sold, row.id))


@bp.put("/<uuid:shop_id>/offers/<uuid:offer_id>/stock")
@requires(Role.CLERK, Role.MERCHANT)
@idempotent
@bp.arguments(StockIn)
@bp.response(200, OfferPlaceOut)
@bp.alt_response(404, schema=ErrorOut, description="Not a shop of the caller, or no such offer")
def count_stock(body: dict[str, int], shop_id: UUID, offer_id: UUID) -> Offer:
    """Write down how many pieces stand on the shelf."""
    return offers.count_stock(
        county_id=caller().county_id,
        shop_id=served_shop(shop_id).id,
        offer_id=offer_id,
        by=caller().user_id,
        at=clock.now(),
        **body,
    )
