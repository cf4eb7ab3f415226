"""Where shops are and when they serve: told by their merchant, seen by everybody."""

from typing import Any
from uuid import UUID

from flask_smorest import Blueprint

from app.agreements.proposals.queries import ShownProposal, shown
from app.kernel import clock
from app.kernel.db import transaction
from app.register.households import queries as households
from app.register.identity.roles import Role
from app.web.api import ErrorOut
from app.web.auth import caller, requires
from app.web.paging import placed_page
from mall.campaigns.tags import names_at
from mall.merchants import shops
from mall.merchants.models import Shop, ShopKind
from mall.merchants.proposals import propose_kind
from miniprogram_api.agreements.proposals_bodies import ProposalOut
from miniprogram_api.mall.merchants.shops_bodies import (
    KindIn,
    NearArgs,
    NearShopPage,
    PlaceIn,
    ShopOut,
    ShopTimes,
)
from miniprogram_api.mall.serving import managed_shop

bp = Blueprint("near_shops", __name__, description="附近商店")
COARSE_DECIMALS = 3  # about a hundred metres


@bp.get("/near")
@requires(Role.VISITOR)
@bp.arguments(NearArgs, location="query")
@bp.response(200, NearShopPage)
def near(args: dict[str, Any]) -> dict[str, Any]:
    """The shops that take points, nearest first; without a place, those of the village first."""
    latitude, longitude = args.pop("latitude"), args.pop("longitude")
    position = None
    if latitude is not None:
        position = round(latitude, COARSE_DECIMALS), round(longitude, COARSE_DECIMALS)
    village_id = args.pop("village_id") or _own_village_id()
    found = shops.shops_near(
        caller().county_id, village_id=village_id, position=position, at=clock.now(), **args
    )
    body = placed_page(found, args["limit"], lambda shop: shop.place)
    names = names_at(caller().county_id, [one.shop.id for one in found], clock.now())
    items = [
        vars(one) | {"delivers": one.delivers, "campaigns": names.get(one.shop.id, [])}
        for one in found
    ]
    return body | {"items": items}


@bp.put("/<uuid:shop_id>/times")
@requires(Role.MERCHANT, Role.COUNTY_ADMIN)
@bp.arguments(ShopTimes)
@bp.response(200, ShopTimes)
@bp.alt_response(404, schema=ErrorOut, description="Not a shop of the caller")
@bp.alt_response(422, schema=ErrorOut, description="Two stretches of a day overlap")
def set_times(body: dict[str, Any], shop_id: UUID) -> shops.Times:
    """Say when the shop serves: its week, by China's clock, and the days it stays closed."""
    who = caller()
    times = shops.Times(
        tuple(shops.Stretch(**stretch) for stretch in body["week"]), tuple(body["closed_on"])
    )
    with transaction():
        shop = managed_shop(shop_id)
        return shops.set_hours(
            county_id=who.county_id, shop_id=shop.id, times=times, by=who.user_id, at=clock.now()
        )


@bp.put("/<uuid:shop_id>/place")
@requires(Role.MERCHANT, Role.COUNTY_ADMIN)
@bp.arguments(PlaceIn)
@bp.response(200, ShopOut)
@bp.alt_response(404, schema=ErrorOut, description="Not a shop of the caller")
def set_place(body: dict[str, Any], shop_id: UUID) -> Shop:
    """Say where the shop is; everybody sees it."""
    who, position = caller(), None
    if body["latitude"] is not None:
        position = body["latitude"], body["longitude"]
    with transaction():
        return shops.set_place(
            county_id=who.county_id,
            shop_id=managed_shop(shop_id).id,
            address=body["address"],
            position=position,
            by=who.user_id,
            at=clock.now(),
        )


@bp.put("/<uuid:shop_id>/kind")
@requires(Role.COUNTY_ADMIN)
@bp.arguments(KindIn)
@bp.response(202, ProposalOut)
@bp.alt_response(404, schema=ErrorOut, description="No such shop")
@bp.alt_response(409, schema=ErrorOut, description="It is that, or proposed by another already")
def set_kind(body: dict[str, ShopKind], shop_id: UUID) -> ShownProposal:
    """Propose to make a shop the county's mall, which delivers, or a counter again."""
    who = caller()
    with transaction():
        return shown(propose_kind(shop_id=shop_id, by=who, at=clock.now(), **body), who)


def _own_village_id() -> UUID | None:
    if caller().household_id is None:
        return None
    found = households.household(caller().household())
    return found.village_id if found else None
