"""What happens to a household; each change can be tried first, and says what it would do."""

from typing import Any
from uuid import UUID

from flask import Response, make_response
from flask_smorest import Blueprint

from app.agreements.life import registering, service
from app.agreements.life.drafts import Asked
from app.agreements.proposals.queries import shown
from app.kernel import clock
from app.kernel.db import transaction
from app.register.households import queries as households
from app.register.households.errors import HouseholdNotFound
from app.register.households.life import Change, HouseholdChange, queries
from app.register.households.life.service import Preview
from app.register.households.service import WORKERS
from app.web.api import ErrorOut
from app.web.auth import caller, requires
from app.web.idempotency import idempotent
from app.web.paging import PageArgs, page
from miniprogram_api.agreements.proposals_bodies import ProposalOut
from miniprogram_api.register.household_changes_bodies import (
    ChangePreviewOut,
    DeathIn,
    HeadIn,
    HouseholdChangeOut,
    HouseholdChangePage,
    MergeIn,
    MoveIn,
    SeenIn,
    SplitIn,
)

bp = Blueprint("household_changes", __name__, description="一户的变化")


@bp.get("/<uuid:household_id>/changes")
@requires(*WORKERS)
@bp.arguments(PageArgs, location="query")
@bp.response(200, HouseholdChangePage)
@bp.alt_response(404, schema=ErrorOut, description="Not in an area of the caller")
def changes(args: dict[str, Any], household_id: UUID) -> dict[str, Any]:
    """What has happened to a household, newest first."""
    who = caller()
    if not households.is_inside(who.county_id, household_id, who.places(*WORKERS)):
        raise HouseholdNotFound()
    return page(queries.changes_of(who.county_id, household_id, **args), args["limit"])


@bp.post("/<uuid:household_id>/split/preview")
@requires(*WORKERS)
@bp.arguments(SplitIn)
@bp.response(200, ChangePreviewOut)
@bp.alt_response(404, schema=ErrorOut, description="Not in an area of the caller")
@bp.alt_response(422, schema=ErrorOut, description="No name, phone or ID number")
def preview_split(body: dict[str, Any], household_id: UUID) -> dict[str, Any]:
    """What a split would do, or what must be done first. Nothing changes."""
    with transaction():
        return _tried(_split(household_id, body))


@bp.post("/<uuid:household_id>/split")
@requires(*WORKERS)
@idempotent
@bp.arguments(SplitIn)
@bp.response(202, ProposalOut)
@bp.alt_response(403, schema=ErrorOut, description="The caller's own or a related household")
@bp.alt_response(404, schema=ErrorOut, description="Not in an area of the caller")
@bp.alt_response(409, schema=ErrorOut, description="Something must be done first")
@bp.alt_response(422, schema=ErrorOut, description="No name, phone or ID number, or nobody moves")
def split(body: dict[str, Any], household_id: UUID) -> Response:
    """Propose that some of a household's people become a household of their own.

    The household agrees on a phone of its own, if it has one, and an administrator above; then
    everybody of it can stop it for three whole days.
    """
    return _asked(_split(household_id, body))


@bp.post("/<uuid:household_id>/merge/preview")
@requires(*WORKERS)
@bp.arguments(MergeIn)
@bp.response(200, ChangePreviewOut)
@bp.alt_response(404, schema=ErrorOut, description="Not in an area of the caller")
def preview_merge(body: dict[str, Any], household_id: UUID) -> dict[str, Any]:
    """What a merge would do, or what must be done first. Nothing changes."""
    with transaction():
        return _tried(_merge(household_id, body))


@bp.post("/<uuid:household_id>/merge")
@requires(*WORKERS)
@idempotent
@bp.arguments(MergeIn)
@bp.response(202, ProposalOut)
@bp.alt_response(403, schema=ErrorOut, description="The caller's own or a related household")
@bp.alt_response(404, schema=ErrorOut, description="Not in an area of the caller")
@bp.alt_response(409, schema=ErrorOut, description="Something must be done first")
@bp.alt_response(422, schema=ErrorOut, description="One and the same household")
def merge(body: dict[str, Any], household_id: UUID) -> Response:
    """Propose that all people of a household join another one, which goes on in its place.

    The household that ends agrees on a phone of its own, if it has one, and an administrator above;
    then everybody of both can stop it for three whole days.
    """
    return _asked(_merge(household_id, body))


@bp.post("/<uuid:household_id>/head/preview")
@requires(*WORKERS)
@bp.arguments(HeadIn)
@bp.response(200, ChangePreviewOut)
@bp.alt_response(404, schema=ErrorOut, description="Not in an area of the caller")
@bp.alt_response(422, schema=ErrorOut, description="No name, phone or ID number")
def preview_head(body: dict[str, Any], household_id: UUID) -> dict[str, Any]:
    """What another head would change, or what must be done first. Nothing changes."""
    with transaction():
        return _tried(_head(household_id, body))


@bp.post("/<uuid:household_id>/head")
@requires(*WORKERS)
@idempotent
@bp.arguments(HeadIn)
@bp.response(202, ProposalOut)
@bp.alt_response(403, schema=ErrorOut, description="The caller's own or a related household")
@bp.alt_response(404, schema=ErrorOut, description="Not in an area of the caller")
@bp.alt_response(409, schema=ErrorOut, description="Something must be done first")
@bp.alt_response(422, schema=ErrorOut, description="No name, phone or ID number")
def head(body: dict[str, Any], household_id: UUID) -> Response:
    """Propose another head of a household; the one of before stays a member, or has died.

    The household agrees on its phone, or an administrator above; then everybody of it can stop it
    for three whole days.
    """
    return _asked(_head(household_id, body))


@bp.post("/<uuid:household_id>/move/preview")
@requires(*WORKERS)
@bp.arguments(MoveIn)
@bp.response(200, ChangePreviewOut)
@bp.alt_response(404, schema=ErrorOut, description="Not in an area of the caller")
def preview_move(body: dict[str, Any], household_id: UUID) -> dict[str, Any]:
    """What a move would do, or what must be done first. Nothing changes."""
    with transaction():
        return _said(registering.preview(_move(household_id, body)))


@bp.post("/<uuid:household_id>/move")
@requires(*WORKERS)
@idempotent
@bp.arguments(MoveIn)
@bp.response(201, HouseholdChangeOut)
@bp.alt_response(403, schema=ErrorOut, description="The caller's own or a related household")
@bp.alt_response(404, schema=ErrorOut, description="Not in an area of the caller")
@bp.alt_response(409, schema=ErrorOut, description="Something must be done first")
@bp.alt_response(422, schema=ErrorOut, description="Not that day")
def move(body: dict[str, Any], household_id: UUID) -> HouseholdChange:
    """Enter that a household lives behind another door of its village, from a day on."""
    return registering.enter(_move(household_id, body), by=caller())


@bp.post("/<uuid:household_id>/birth/preview")
@requires(*WORKERS)
@bp.arguments(SeenIn)
@bp.response(200, ChangePreviewOut)
@bp.alt_response(404, schema=ErrorOut, description="Not in an area of the caller")
def preview_birth(body: dict[str, Any], household_id: UUID) -> dict[str, Any]:
    """What a birth would do, or what must be done first. Nothing changes."""
    with transaction():
        return _said(registering.preview(_birth(household_id, body)))


@bp.post("/<uuid:household_id>/birth")
@requires(*WORKERS)
@idempotent
@bp.arguments(SeenIn)
@bp.response(201, HouseholdChangeOut)
@bp.alt_response(403, schema=ErrorOut, description="The caller's own or a related household")
@bp.alt_response(404, schema=ErrorOut, description="Not in an area of the caller")
@bp.alt_response(409, schema=ErrorOut, description="Something must be done first")
def birth(body: dict[str, Any], household_id: UUID) -> HouseholdChange:
    """Enter that one more lives in a household."""
    return registering.enter(_birth(household_id, body), by=caller())


@bp.post("/<uuid:household_id>/death/preview")
@requires(*WORKERS)
@bp.arguments(DeathIn)
@bp.response(200, ChangePreviewOut)
@bp.alt_response(404, schema=ErrorOut, description="Not in an area of the caller")
def preview_death(body: dict[str, Any], household_id: UUID) -> dict[str, Any]:
    """What a death would do, or what must be done first. Nothing changes."""
    with transaction():
        return _said(registering.preview(_death(household_id, body)))


@bp.post("/<uuid:household_id>/death")
@requires(*WORKERS)
@idempotent
@bp.arguments(DeathIn)
@bp.response(201, HouseholdChangeOut)
@bp.alt_response(403, schema=ErrorOut, description="The caller's own or a related household")
@bp.alt_response(404, schema=ErrorOut, description="Not in an area of the caller")
@bp.alt_response(409, schema=ErrorOut, description="Something must be done first")
def death(body: dict[str, Any], household_id: UUID) -> HouseholdChange:
    """Enter that somebody who is not the head has died; what they acted by ends at once."""
    return registering.enter(_death(household_id, body), by=caller())


def _head(household_id: UUID, body: dict[str, Any]) -> Asked:
    return service.head(household_id=household_id, by=caller(), at=clock.now(), **body)


def _move(household_id: UUID, body: dict[str, Any]) -> Change:
    return registering.move(household_id=household_id, by=caller(), at=clock.now(), **body)


def _birth(household_id: UUID, body: dict[str, Any]) -> Change:
    return registering.birth(household_id=household_id, by=caller(), at=clock.now(), **body)


def _death(household_id: UUID, body: dict[str, Any]) -> Change:
    return registering.death(household_id=household_id, by=caller(), at=clock.now(), **body)


def _split(household_id: UUID, body: dict[str, Any]) -> Asked:
    return service.split(household_id=household_id, by=caller(), at=clock.now(), **body)


def _merge(household_id: UUID, body: dict[str, Any]) -> Asked:
    return service.merge(household_id=household_id, by=caller(), at=clock.now(), **body)


def _tried(asked: Asked) -> dict[str, Any]:
    return _said(service.preview(asked, by=caller(), at=clock.now()))


def _said(found: Preview) -> dict[str, Any]:
    return {
        "lines": found.lines,
        "blocks": [{"code": one.code, "message": one.sentence()} for one in found.blocks],
    }


def _asked(asked: Asked) -> Response:
    who = caller()
    proposal = service.ask(asked, by=who, at=clock.now())
    return make_response(ProposalOut().dump(shown(proposal, who)), 202)
