"""Every further leg of the way, by either side; what lies where, and where a household's went."""

from typing import Any
from uuid import UUID

from flask_smorest import Blueprint

from app.kernel import clock
from app.register.assets.models import KIND_NAMES
from app.register.assets.streams import STREAM_NAMES
from app.register.identity.roles import Role
from app.waste.collection import correcting, queries
from app.waste.collection.correcting import SETTLERS
from app.waste.collection.handing_over import HANDERS, Passed, hand_over
from app.waste.collection.models import Handover, Leg
from app.web.api import ErrorOut
from app.web.auth import caller, requires
from app.web.idempotency import idempotent
from app.web.paging import page, wanted
from miniprogram_api.photos.photo_uploads import uploads_fetched
from miniprogram_api.waste.collections import amount, position
from miniprogram_api.waste.waste_bodies import (
    HandoverIn,
    HandoverOut,
    HandoverPage,
    HandoversArgs,
    HandoverSettleIn,
    HandoverVoidIn,
    JourneyArgs,
    JourneysOut,
    LoadsArgs,
    LoadsOut,
)

bp = Blueprint("handovers", __name__, description="交接")


@bp.post("/handovers")
@requires(*HANDERS)
@uploads_fetched
@idempotent
@bp.arguments(HandoverIn)
@bp.response(201, HandoverOut)
@bp.alt_response(403, schema=ErrorOut, description="Not a side of the caller's")
@bp.alt_response(404, schema=ErrorOut, description="No such asset where the caller works")
@bp.alt_response(409, schema=ErrorOut, description="The id is used, the side taken, one's own")
@bp.alt_response(413, schema=ErrorOut, description="More than 10 MB")
@bp.alt_response(422, schema=ErrorOut, description="It contradicts itself, or lacks its photo")
@bp.alt_response(503, schema=ErrorOut, description="The photo store is full or away")
def record(body: dict[str, Any]) -> Handover:
    """Record one side of a leg. The other may have come before or comes later, by its phone.

    When both sides have spoken: whole, or it differs, and no grams count before somebody settled
    it.
    """
    passed = Passed(
        pair_id=body["pair_id"],
        side=body["side"],
        stream=body["stream"],
        from_asset_id=body["from_asset_id"],
        to_asset_id=body["to_asset_id"],
        amount=amount(body),
        empties=body["empties"],
        pieces=body["pieces"],
        phone_time=body["phone_time"],
        photo=body["upload_id"],
        position=position(body),
    )
    return hand_over(passed=passed, by=caller(), at=clock.now())


@bp.get("/handovers")
@requires(*queries.READERS)
@bp.arguments(HandoversArgs, location="query")
@bp.response(200, HandoverPage)
def handovers(args: dict[str, Any]) -> dict[str, Any]:
    """What was handed over in the caller's area, or at one asset of it, newest first."""
    asset_id = args.pop("asset_id")
    return page(queries.handovers(caller(), asset_id, wanted(args)), args["limit"])


@bp.post("/handovers/<uuid:handover_id>/void")
@requires(*HANDERS)
@idempotent
@bp.arguments(HandoverVoidIn)
@bp.response(200, HandoverOut)
@bp.alt_response(404, schema=ErrorOut, description="None that the caller recorded")
@bp.alt_response(409, schema=ErrorOut, description="Another day, or decided about")
def void(body: dict[str, Any], handover_id: UUID) -> Handover:
    """Take back a hand-over that the caller recorded today."""
    return correcting.void(handover_id=handover_id, **body, by=caller(), at=clock.now())


@bp.post("/handovers/<uuid:handover_id>/settle")
@requires(*SETTLERS)
@idempotent
@bp.arguments(HandoverSettleIn)
@bp.response(200, HandoverOut)
@bp.alt_response(403, schema=ErrorOut, description="A side of it, or close to one")
@bp.alt_response(404, schema=ErrorOut, description="None of the caller's area")
@bp.alt_response(409, schema=ErrorOut, description="Its sides agree, or it was settled")
def settle(body: dict[str, Any], handover_id: UUID) -> Handover:
    """Decide what counts where two sides differ."""
    return correcting.settle(handover_id=handover_id, **body, by=caller(), at=clock.now())


@bp.get("/loads")
@requires(*queries.READERS)
@bp.arguments(LoadsArgs, location="query")
@bp.response(200, LoadsOut)
@bp.alt_response(404, schema=ErrorOut, description="Not an asset of the caller's area")
def loads(args: dict[str, Any]) -> dict[str, Any]:
    """What came into an asset and left it between emptyings, and whether the weights can be."""
    return {"items": queries.loads_of(caller(), **args)}


@bp.get("/journeys")
@requires(Role.RESIDENT)
@bp.arguments(JourneyArgs, location="query")
@bp.response(200, JourneysOut)
def journeys(args: dict[str, Any]) -> dict[str, Any]:
    """Where the waste of the caller's household of a day went, as far as it is known."""
    who = caller()
    found = queries.journeys(who.county_id, who.household(), args["day"])
    return {"items": [{**vars(one), "sentence": _sentence(one)} for one in found]}


def _sentence(journey: queries.Journey) -> str:
    """您的 2.1 公斤 → 3.42 吨 → 处置点"""
    own = (
        f"您的 {_weight(journey.grams)}" if journey.grams else f"您的{STREAM_NAMES[journey.stream]}"
    )
    if journey.rests_at is not None:
        return f"{own} → 还在{KIND_NAMES[journey.rests_at]}"
    received = [leg.grams for leg in journey.legs if leg.leg is Leg.RECEIPT and leg.grams]
    whole = [_weight(max(received))] if received else []
    return " → ".join([own, *whole, "处置点"])


def _weight(grams: int) -> str:
    """In tonnes or kilograms, without zeros that say nothing."""
    amount, unit = (grams / 1_000_000, "吨") if grams >= 1_000_000 else (grams / 1_000, "公斤")
    return f"{amount:.2f}".rstrip("0").rstrip(".") + f" {unit}"
