"""Those who may buy with a household's card."""

from typing import Any
from uuid import UUID

from flask_smorest import Blueprint

from app.kernel import clock
from app.register.cards import service
from app.register.identity.roles import Role
from app.web.api import ErrorOut
from app.web.auth import caller, requires
from app.web.idempotency import idempotent
from app.web.paging import page
from mall.cards import buyers, proxies
from miniprogram_api.mall.cards.cards import seen_household
from miniprogram_api.mall.cards.cards_bodies import (
    OfHouseholdArgs,
    ProxyIn,
    ProxyInPersonIn,
    ProxyOut,
    ProxyPage,
)

bp = Blueprint("proxies", __name__, description="代办人")


@bp.post("")
@requires(Role.RESIDENT)
@idempotent
@bp.arguments(ProxyIn)
@bp.response(201, ProxyOut)
@bp.alt_response(409, schema=ErrorOut, description="The household has five")
@bp.alt_response(422, schema=ErrorOut, description="Name, phone or days")
def name_proxy(body: dict[str, Any]) -> buyers.ShownProxy:
    """Let somebody buy with the card of the caller's household."""
    named = proxies.name_proxy(
        household_id=caller().household(), proxy=proxies.Named(**body), by=caller(), at=clock.now()
    )
    return buyers.shown_proxy(named)


@bp.post("/in-person")
@requires(*service.WORKERS)
@idempotent
@bp.arguments(ProxyInPersonIn)
@bp.response(201, ProxyOut)
@bp.alt_response(404, schema=ErrorOut, description="Not a household of the caller's area")
@bp.alt_response(409, schema=ErrorOut, description="The household has five")
@bp.alt_response(422, schema=ErrorOut, description="Name, phone or days")
def name_proxy_in_person(body: dict[str, Any]) -> buyers.ShownProxy:
    """The same for a household that stands before the caller, who has seen its document."""
    household_id, document = body.pop("household_id"), body.pop("document")
    named = proxies.name_proxy(
        household_id=household_id,
        proxy=proxies.Named(**body),
        by=caller(),
        at=clock.now(),
        document=document,
    )
    return buyers.shown_proxy(named)


@bp.get("")
@requires(Role.RESIDENT, *service.WORKERS)
@bp.arguments(OfHouseholdArgs, location="query")
@bp.response(200, ProxyPage)
@bp.alt_response(404, schema=ErrorOut, description="Not a household of the caller")
def of_household(args: dict[str, Any]) -> dict[str, Any]:
    """Everybody a household has named, newest first, those that ended included."""
    household_id = seen_household(args.pop("household_id"))
    return page(buyers.proxies(caller().county_id, household_id, **args), args["limit"])


@bp.delete("/<uuid:proxy_id>")
@requires(Role.RESIDENT, *service.WORKERS)
@idempotent
@bp.response(204)
@bp.alt_response(404, schema=ErrorOut, description="Not of the caller's household or area")
def end_proxy(proxy_id: UUID) -> None:
    """End a proxy at once."""
    proxies.end_proxy(proxy_id=proxy_id, by=caller(), at=clock.now())
