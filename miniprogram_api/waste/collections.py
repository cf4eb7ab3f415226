"""What collectors take at households, with the check that earns by its grade."""

from typing import Any

from flask_smorest import Blueprint

from app.kernel import clock
from app.kernel.waste import WasteKind
from app.register.identity.roles import Role
from app.sorting.inspections import queries as inspections
from app.sorting.inspections.service import Seen
from app.waste.collection import queries
from app.waste.collection.handing_over import Amount, Collected, Line, collect
from app.web.api import ErrorOut
from app.web.auth import caller, requires
from app.web.idempotency import idempotent
from miniprogram_api.photos.photo_uploads import uploads_fetched
from miniprogram_api.waste.waste_bodies import CollectionIn, CollectionOut, TodayOut

bp = Blueprint("collections", __name__, description="收集")


@bp.post("")
@requires(Role.COLLECTOR)
@uploads_fetched
@idempotent
@bp.arguments(CollectionIn)
@bp.response(201, CollectionOut)
@bp.alt_response(403, schema=ErrorOut, description="One's own household")
@bp.alt_response(404, schema=ErrorOut, description="No household, vehicle or upload of theirs")
@bp.alt_response(409, schema=ErrorOut, description="A bag, photo or id used before, or too fast")
@bp.alt_response(413, schema=ErrorOut, description="More than 10 MB")
@bp.alt_response(422, schema=ErrorOut, description="It contradicts itself, or a bag is not ours")
@bp.alt_response(503, schema=ErrorOut, description="The photo store is full or away")
def record(body: dict[str, Any]) -> dict[str, Any]:
    """Record what was taken at a household and how it was sorted; points follow at once.

    A phone without network keeps its records and sends them one by one: a repeat of the same
    `pair_id` is answered as the first time.
    """
    done = collect(collected=_collected(body), by=caller(), at=clock.now())
    shown = inspections.with_award(done.check)
    return {
        "check_id": done.check.id,
        "grade": done.check.grade,
        "check_state": done.check.state,
        "points": shown.points,
        "message": shown.message,
        "handovers": done.handovers,
    }


@bp.get("/today")
@requires(Role.COLLECTOR)
@bp.response(200, TodayOut)
def today() -> dict[str, Any]:
    """The households of the caller's area, for a phone that will be without network."""
    who = caller()
    found = queries.to_collect(who, who.places(Role.COLLECTOR), at=clock.now())
    return {"items": found}


def _collected(body: dict[str, Any]) -> Collected:
    lines = [_line(dict(line)) for line in body["lines"]]
    kinds = {(line.offered_as or line.stream).kind for line in lines}
    seen = Seen(
        grade=body["grade"],
        kinds=[kind for kind in WasteKind if kind in kinds],
        wrong_kinds=body["wrong_kinds"],
        phone_time=body["phone_time"],
        asset_id=body["asset_id"],
    )
    return Collected(
        pair_id=body["pair_id"],
        household_id=body["household_id"],
        to_asset_id=body["to_asset_id"],
        lines=lines,
        seen=seen,
        photo=body["upload_id"],
        position=position(body),
    )


def _line(line: dict[str, Any]) -> Line:
    return Line(
        line["stream"],
        amount(line),
        pieces=line["pieces"],
        offered_as=line["offered_as"],
        bag_code=line["bag_code"],
    )


def amount(body: dict[str, Any]) -> Amount:
    """How much, as it was typed."""
    return Amount(
        grams=body["grams"],
        fill_percent=body["fill_percent"],
        containers=body["containers"],
        litres=body["litres"],
    )


def position(body: dict[str, Any]) -> tuple[int, int] | None:
    """Where the phone was."""
    return None if body["lat_e6"] is None else (body["lat_e6"], body["lon_e6"])
