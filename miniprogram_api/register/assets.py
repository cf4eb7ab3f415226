"""Assets: what carries a label, where it stands, and what state it is in."""

from typing import Any
from uuid import UUID

from flask_smorest import Blueprint

from app.kernel import clock
from app.kernel.db import transaction
from app.register.assets import queries, registering
from app.register.assets.labelling import ATTACHERS
from app.register.assets.registering import REGISTRARS
from app.web.api import ErrorOut
from app.web.auth import caller, requires
from app.web.idempotency import idempotent
from app.web.paging import page, wanted
from miniprogram_api.register.assets_bodies import (
    AssetFacts,
    AssetIn,
    AssetPage,
    AssetsArgs,
    AssetStepIn,
    AssetWithHistoryOut,
    LackingListOut,
)

bp = Blueprint("assets", __name__, description="设施")


@bp.get("")
@requires(*ATTACHERS)
@bp.arguments(AssetsArgs, location="query")
@bp.response(200, AssetPage)
def assets(args: dict[str, Any]) -> dict[str, Any]:
    """The assets of the caller's area, newest first."""
    who = caller()
    return page(queries.assets(who.county_id, who.places(*ATTACHERS), wanted(args)), args["limit"])


@bp.post("")
@requires(*REGISTRARS)
@idempotent
@bp.arguments(AssetIn)
@bp.response(201, AssetWithHistoryOut)
@bp.alt_response(404, schema=ErrorOut, description="Names what is not in the caller's area")
@bp.alt_response(409, schema=ErrorOut, description="The number or plate is taken")
@bp.alt_response(422, schema=ErrorOut, description="The facts do not fit its kind")
def enter(body: dict[str, Any]) -> queries.ShownAsset:
    """Enter an asset; it is not in use before somebody says so."""
    kind, number = body.pop("kind"), body.pop("number")
    made = registering.enter(
        kind=kind, number=number, facts=_facts(body), by=caller(), at=clock.now()
    )
    return _shown(made.id)


@bp.get("/<uuid:asset_id>")
@requires(*ATTACHERS)
@bp.response(200, AssetWithHistoryOut)
@bp.alt_response(404, schema=ErrorOut, description="Not in the caller's area")
def asset(asset_id: UUID) -> queries.ShownAsset:
    """An asset with its labels, the ended ones too, and all its steps."""
    return _shown(asset_id)


@bp.put("/<uuid:asset_id>")
@requires(*REGISTRARS)
@bp.arguments(AssetFacts)
@bp.response(200, AssetWithHistoryOut)
@bp.alt_response(404, schema=ErrorOut, description="It, or what it names, is not in the area")
@bp.alt_response(409, schema=ErrorOut, description="The plate is taken")
@bp.alt_response(422, schema=ErrorOut, description="The facts do not fit its kind")
def change(body: dict[str, Any], asset_id: UUID) -> queries.ShownAsset:
    """Correct what is known of an asset; its kind and number stay."""
    with transaction():
        registering.change(asset_id=asset_id, facts=_facts(body), by=caller(), at=clock.now())
        return _shown(asset_id)


@bp.post("/<uuid:asset_id>/steps")
@requires(*REGISTRARS)
@idempotent
@bp.arguments(AssetStepIn)
@bp.response(200, AssetWithHistoryOut)
@bp.alt_response(404, schema=ErrorOut, description="Not in the caller's area")
@bp.alt_response(409, schema=ErrorOut, description="Not from the state in which it is")
@bp.alt_response(422, schema=ErrorOut, description="Nobody has said where it stands")
def move(body: dict[str, Any], asset_id: UUID) -> queries.ShownAsset:
    """Put an asset to use or out of use; note that it is lost, found, or gone for good."""
    registering.move(asset_id=asset_id, **body, by=caller(), at=clock.now())
    return _shown(asset_id)


@bp.get("/lacking")
@requires(*REGISTRARS)
@bp.response(200, LackingListOut)
def lacking() -> dict[str, Any]:
    """The villages of the caller's area that lack one of the places each should have in use:
    a booth, a point for bulky waste, a station for recyclables, an activity room."""
    return {"items": queries.lacking(caller().places(*REGISTRARS))}


def _facts(body: dict[str, Any]) -> registering.Facts:
    details = {"hours": body.pop("hours"), "remark": body.pop("remark")}
    return registering.Facts(**body, details=details)


def _shown(asset_id: UUID) -> queries.ShownAsset:
    who = caller()
    return queries.asset(who.county_id, who.places(*ATTACHERS), asset_id)
