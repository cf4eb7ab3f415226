"""Recyclables that households sell, and the companies that buy them."""

from typing import Any
from uuid import UUID

from flask import Response, make_response
from flask_smorest import Blueprint

from app.agreements.proposals.queries import shown
from app.kernel import clock
from app.kernel.units import grams_from
from app.recycling.sales import (
    answering,
    prices_of_day,
    proposals,
    queries,
    service,
    signing,
    undoing,
)
from app.recycling.sales.errors import BadWeight
from app.recycling.sales.models import Sale, SaleSignature
from app.recycling.sales.pricing import Weighed
from app.register.identity.roles import Role
from app.web.api import ErrorOut
from app.web.auth import caller, requires
from app.web.idempotency import idempotent
from app.web.paging import CountedArgs, PageArgs, page, wanted
from miniprogram_api.agreements.proposals_bodies import ProposalOut
from miniprogram_api.photos.photo_uploads import evidence_fetched
from miniprogram_api.recycling.sales_bodies import (
    AreaSalesArgs,
    OwnRecyclersOut,
    RecyclerIn,
    RecyclerRowPage,
    SaleCodeOut,
    SaleDayListOut,
    SaleIn,
    SaleOut,
    SalePage,
    SalePricesOut,
    SalesArgs,
    SaleSignatureIn,
    SaleSignatureOut,
    SaleVoidIn,
)

bp = Blueprint("sales", __name__, description="卖可回收物")
days_bp = Blueprint("sale_days", __name__, description="称重的总数签字")
recyclers_bp = Blueprint("recyclers", __name__, description="收购公司")

READERS = (Role.COUNTY_ADMIN, Role.FINANCE, Role.AUDITOR)
OVERSEERS = (Role.VILLAGE_ADMIN, Role.TOWN_ADMIN, *READERS)


@bp.get("")
@requires(Role.RESIDENT)
@bp.arguments(SalesArgs, location="query")
@bp.response(200, SalePage)
def sales(args: dict[str, Any]) -> dict[str, Any]:
    """What the caller's household sold, newest first."""
    return page(
        queries.sales_of(caller().county_id, caller().household(), wanted(args)), args["limit"]
    )


@bp.get("/prices")
@requires(Role.VISITOR)
@bp.response(200, SalePricesOut)
def prices() -> prices_of_day.Prices:
    """What recyclables bring today, in the words of every screen."""
    return prices_of_day.prices(caller().county_id, day=clock.day_of(clock.now()))


@bp.get("/weighed")
@requires(*service.WEIGHERS)
@bp.arguments(SalesArgs, location="query")
@bp.response(200, SalePage)
def weighed(args: dict[str, Any]) -> dict[str, Any]:
    """What the caller weighed, newest first."""
    return page(
        queries.weighed_by(caller().county_id, caller().user_id, wanted(args)), args["limit"]
    )


@bp.get("/area")
@requires(*OVERSEERS)
@bp.arguments(AreaSalesArgs, location="query")
@bp.response(200, SalePage)
def area(args: dict[str, Any]) -> dict[str, Any]:
    """What the households of the caller's area sold, newest first."""
    who = caller()
    found = queries.sales_in(who.county_id, who.places(*OVERSEERS), wanted(args))
    return page(found, args["limit"])


@bp.get("/awaiting")
@requires(*answering.SECONDS)
@bp.arguments(CountedArgs, location="query")
@bp.response(200, SalePage)
def awaiting(args: dict[str, Any]) -> dict[str, Any]:
    """Large sales of the caller's area that wait for a second person or the household."""
    who = caller()
    found = queries.awaiting(who.county_id, who.places(*answering.SECONDS), wanted(args))
    return page(found, args["limit"])


@bp.post("")
@requires(*service.WEIGHERS)
@evidence_fetched
@idempotent
@bp.arguments(SaleIn)
@bp.response(201, SaleOut)
@bp.alt_response(403, schema=ErrorOut, description="The caller's own household, or a relation's")
@bp.alt_response(404, schema=ErrorOut, description="No such household where the caller works")
@bp.alt_response(409, schema=ErrorOut, description="Nobody buys it, too much, or no money left")
@bp.alt_response(422, schema=ErrorOut, description="Not a weight, or a photo is needed")
@bp.alt_response(503, schema=ErrorOut, description="The photo store is full or away")
def sell(body: dict[str, Any]) -> Sale:
    """Pay a household for what lies on the scale. Refused before the goods change hands.

    A large one answers `awaiting_yes`: nothing is paid before the household, or a second person,
    has said yes.
    """
    return service.sell(
        household_id=body["household_id"],
        weighed=[_weighed(number, line) for number, line in enumerate(body["lines"], start=1)],
        photo=body["upload_id"],
        kept=body["kept"],
        by=caller(),
        at=clock.now(),
    )


@bp.post("/<uuid:sale_id>/confirmation")
@requires(Role.RESIDENT, *answering.SECONDS)
@idempotent
@bp.response(200, SaleOut)
@bp.alt_response(403, schema=ErrorOut, description="Not beside who weighed it")
@bp.alt_response(404, schema=ErrorOut, description="Not the caller's, nor where they work")
@bp.alt_response(409, schema=ErrorOut, description="Answered, lapsed, or no money left")
def confirm(sale_id: UUID) -> Sale:
    """Say yes to a large sale: it is paid now."""
    return answering.confirm(sale_id=sale_id, by=caller(), at=clock.now())


@bp.post("/<uuid:sale_id>/refusal")
@requires(Role.RESIDENT, *answering.SECONDS)
@idempotent
@bp.response(200, SaleOut)
@bp.alt_response(403, schema=ErrorOut, description="Not beside who weighed it")
@bp.alt_response(404, schema=ErrorOut, description="Not the caller's, nor where they work")
@bp.alt_response(409, schema=ErrorOut, description="Answered, or lapsed")
def decline(sale_id: UUID) -> Sale:
    """Say no to a large sale: nothing moves."""
    return answering.decline(sale_id=sale_id, by=caller(), at=clock.now())


@bp.get("/<uuid:sale_id>/code")
@requires(Role.RESIDENT)
@bp.response(200, SaleCodeOut)
@bp.alt_response(404, schema=ErrorOut, description="Not sold by the caller's household")
def code(sale_id: UUID) -> dict[str, str]:
    """The digits to read to who weighed it, if it shall be taken back at once."""
    return {"code": undoing.code(sale_id=sale_id, by=caller())}


@bp.post("/<uuid:sale_id>/void")
@requires(*service.WEIGHERS)
@idempotent
@bp.arguments(SaleVoidIn)
@bp.response(200, SaleOut)
@bp.alt_response(404, schema=ErrorOut, description="Not weighed by the caller")
@bp.alt_response(409, schema=ErrorOut, description="Undone, too late, no code, or spent already")
@bp.alt_response(429, schema=ErrorOut, description="Too many wrong codes")
def void(body: dict[str, Any], sale_id: UUID) -> Sale:
    """Take back a sale that the caller has just weighed wrongly, with the seller's code."""
    return undoing.void(sale_id=sale_id, by=caller(), at=clock.now(), **body)


@days_bp.get("")
@requires(Role.RECYCLER_AGENT)
@days_bp.response(200, SaleDayListOut)
def sale_days() -> dict[str, Any]:
    """Totals of the last thirty days that the caller is to sign, newest day first.

    Those that nobody signed since the last weighing, and those whose signature is off.
    """
    return {"items": signing.waiting(caller(), at=clock.now())}


@days_bp.post("/signatures")
@requires(Role.RECYCLER_AGENT)
@idempotent
@days_bp.arguments(SaleSignatureIn)
@days_bp.response(201, SaleSignatureOut)
@days_bp.alt_response(403, schema=ErrorOut, description="Not beside who weighed it")
@days_bp.alt_response(404, schema=ErrorOut, description="Nobody weighed this where the caller buys")
def sign(body: dict[str, Any]) -> SaleSignature:
    """Sign what was really there of a day's weighing. A later signature of the day counts instead.

    Who weighed goes on the next day only when it was signed, and is off by 5 % at most.
    """
    return signing.sign(
        what=signing.Weighing(body["village_id"], body["weighed_by"], body["day"]),
        grams=_grams(1, body["weight"], body["unit"]),
        pieces=body["pieces"],
        by=caller(),
        at=clock.now(),
    )


@recyclers_bp.get("/own")
@requires(*service.WEIGHERS)
@recyclers_bp.response(200, OwnRecyclersOut)
def own() -> dict[str, Any]:
    """Who buys where the caller weighs, and what each has left to buy with."""
    who = caller()
    return {"items": queries.recyclers_around(who.county_id, who.places(*service.WEIGHERS))}


@recyclers_bp.get("")
@requires(*READERS)
@recyclers_bp.arguments(PageArgs, location="query")
@recyclers_bp.response(200, RecyclerRowPage)
def recyclers(args: dict[str, Any]) -> dict[str, Any]:
    """The companies that buy in the caller's area, and what they have left."""
    who = caller()
    return page(queries.recyclers(who.county_id, who.places(*READERS), **args), args["limit"])


@recyclers_bp.post("")
@requires(Role.COUNTY_ADMIN)
@idempotent
@recyclers_bp.arguments(RecyclerIn)
@recyclers_bp.response(202, ProposalOut)
@recyclers_bp.alt_response(403, schema=ErrorOut, description="The owner is close to the caller")
@recyclers_bp.alt_response(404, schema=ErrorOut, description="No region of the caller's area")
@recyclers_bp.alt_response(409, schema=ErrorOut, description="The region has one")
def add_recycler(body: dict[str, Any]) -> Response:
    """Propose the company that buys in a region: its owner is told, and another one agrees."""
    proposal = proposals.propose_recycler(by=caller(), at=clock.now(), **body)
    return make_response(ProposalOut().dump(shown(proposal, caller())), 202)


def _weighed(number: int, line: dict[str, Any]) -> Weighed:
    """A line in grams or pieces. Raises BadWeight, which names it."""
    if line["pieces"] is not None:
        return Weighed(line["material"], line["pieces"])
    grams = _grams(number, line["weight"], line["unit"])
    if grams == 0:
        raise BadWeight(number=number)
    return Weighed(line["material"], grams)


def _grams(number: int, weight: str, unit: str) -> int:
    try:
        return grams_from(weight, unit)
    except ValueError:
        raise BadWeight(number=number) from None
