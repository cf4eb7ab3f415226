"""Households that do not judge each other's sorting."""

from typing import Any
from uuid import UUID

from flask import Response, make_response
from flask_smorest import Blueprint

from app.agreements.proposals.queries import shown
from app.agreements.relations import service
from app.kernel import clock
from app.kernel.db import transaction
from app.register.households import queries
from app.register.households.service import WORKERS
from app.web.api import ErrorOut
from app.web.auth import caller, requires
from app.web.paging import page
from miniprogram_api.agreements.proposals_bodies import ProposalOut
from miniprogram_api.register.household_relations_bodies import (
    RelationIn,
    RelationOut,
    RelationPage,
    RelationsArgs,
)

bp = Blueprint("household_relations", __name__, description="亲属与利害关系")


@bp.get("")
@requires(*WORKERS)
@bp.arguments(RelationsArgs, location="query")
@bp.response(200, RelationPage)
def household_relations(args: dict[str, Any]) -> dict[str, Any]:
    """The relations in force with a household of the caller's areas, newest first."""
    return page(queries.relations(caller().places(*WORKERS), **args), args["limit"])


@bp.post("")
@requires(*WORKERS)
@bp.arguments(RelationIn)
@bp.response(201, RelationOut)
@bp.alt_response(202, schema=ProposalOut, description="Proposed: one is an official's household")
@bp.alt_response(404, schema=ErrorOut, description="Neither lies in the caller's areas")
@bp.alt_response(409, schema=ErrorOut, description="Entered before")
@bp.alt_response(422, schema=ErrorOut, description="One and the same household")
def relate(body: dict[str, Any]) -> Response | queries.RelationRow:
    """Enter that two households do not judge each other; both are told."""
    who = caller()
    with transaction():
        made = service.relate(by=who, at=clock.now(), **body)
        if isinstance(made, UUID):
            return queries.relation(made)
        return make_response(ProposalOut().dump(shown(made, who)), 202)


@bp.delete("/<uuid:relation_id>")
@requires(*WORKERS)
@bp.response(202, ProposalOut)
@bp.alt_response(403, schema=ErrorOut, description="Of the caller's own or a related household")
@bp.alt_response(404, schema=ErrorOut, description="None in force in the caller's areas")
@bp.alt_response(409, schema=ErrorOut, description="Somebody else has proposed it")
def end_relation(relation_id: UUID) -> Response:
    """Propose that an entry ends: another administrator agrees."""
    who = caller()
    with transaction():
        proposal = service.end_relation(relation_id=relation_id, by=who, at=clock.now())
        return make_response(ProposalOut().dump(shown(proposal, who)), 202)
