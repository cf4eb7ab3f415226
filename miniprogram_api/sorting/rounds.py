"""Planned inspections: the inspector's week, results, the area's progress, and the draw."""

from datetime import date
from typing import Any
from uuid import UUID

from flask_smorest import Blueprint

from app.agreements.choices import propose_settings
from app.agreements.proposals.queries import ShownProposal, shown
from app.kernel import clock
from app.kernel.db import transaction
from app.kernel.waste import WasteKind
from app.register.identity.roles import Role
from app.sorting.rounds import planning, queries, scoring, service
from app.sorting.rounds.errors import DrawNotFound
from app.sorting.rounds.settings import CHANGE, SETTINGS, read_settings
from app.web.api import ErrorOut
from app.web.auth import caller, requires
from app.web.fields import FIRST_DAY, LAST_DAY
from app.web.idempotency import idempotent
from app.web.multipart import multipart
from app.web.paging import page
from miniprogram_api.agreements.proposals_bodies import ProposalOut
from miniprogram_api.photos.photo_uploads import uploads_fetched
from miniprogram_api.sorting.rounds_bodies import (
    DrawOut,
    FindingListOut,
    ReassignmentIn,
    ResultForm,
    ResultOut,
    ResultPhotos,
    RoundSettingsIn,
    RoundSettingsOut,
    VisitOut,
    VisitWeekOut,
    VisitWithFindingsOut,
    WeekArgs,
)

bp = Blueprint("rounds", __name__, description="督查计划")
READERS = (*service.PLANNERS, Role.VILLAGE_ADMIN, Role.AUDITOR)


@bp.get("/visits")
@requires(Role.INSPECTOR)
@bp.arguments(WeekArgs, location="query")
@bp.response(200, VisitWeekOut)
def own_visits(args: dict[str, Any]) -> dict[str, Any]:
    """The caller's visits of a week: where, why, and which are done."""
    who, week_on = caller(), _week(args.pop("day"))
    mine: dict[str, Any] = {
        "county_id": who.county_id,
        "inspector_id": who.user_id,
        "week_on": week_on,
    }
    rows = queries.visits_of_inspector(**mine, **args)
    return _week_out(week_on, queries.progress(**mine), rows, args["limit"])


@bp.get("/findings")
@requires(Role.INSPECTOR, *READERS)
@bp.response(200, FindingListOut)
def findings() -> dict[str, Any]:
    """What an inspector may find, in words, and what each costs of a visit's score now."""
    in_force = SETTINGS.in_force(caller().county_id).settings
    return {
        "base": scoring.BASE,
        "pass_from": in_force.pass_from,
        "wrong_kind_costs": in_force.items[scoring.Item.SORTING].per_finding,
        "items": [
            {
                "item": item,
                "words": scoring.ITEM_WORDS[item],
                "most": points.most,
                "findings": [
                    {"code": code, "words": scoring.WORDS[code], "costs": points.per_finding}
                    for code in scoring.FindingCode
                    if code.item is item
                ],
            }
            for item, points in in_force.items.items()
        ],
    }


@bp.get("/area")
@requires(*READERS)
@bp.arguments(WeekArgs, location="query")
@bp.response(200, VisitWeekOut)
def area_visits(args: dict[str, Any]) -> dict[str, Any]:
    """The visits of a week in the caller's area, whoever makes them."""
    who, week_on = caller(), _week(args.pop("day"))
    area: dict[str, Any] = {
        "county_id": who.county_id,
        "places": who.places(*READERS),
        "week_on": week_on,
    }
    rows = queries.visits_inside(**area, **args)
    return _week_out(week_on, queries.progress(**area), rows, args["limit"])


@bp.get("/visits/<uuid:visit_id>")
@requires(Role.INSPECTOR, *READERS)
@bp.response(200, VisitWithFindingsOut)
@bp.alt_response(404, schema=ErrorOut, description="Not the caller's, nor in the caller's area")
def visit(visit_id: UUID) -> dict[str, Any]:
    """One visit with its findings, deductions and photos.

    Who audits reads that there are photos, and gets no links to them.
    """
    who = caller()
    found = queries.visible_visit(
        county_id=who.county_id,
        visit_id=visit_id,
        inspector_id=who.user_id,
        places=who.places(*READERS),
    )
    may_open = found.visit.inspector_id == who.user_id or not who.may([Role.AUDITOR])
    return {**vars(found), "linked_ids": found.photo_ids if may_open else ()}


@bp.post("/visits/<uuid:visit_id>/result")
@requires(Role.INSPECTOR)
@uploads_fetched
@idempotent
@multipart(bp, files=ResultPhotos, form=ResultForm)
@bp.response(201, ResultOut)
@bp.alt_response(403, schema=ErrorOut, description="The inspector's own or a related household")
@bp.alt_response(404, schema=ErrorOut, description="Not a visit of this inspector")
@bp.alt_response(409, schema=ErrorOut, description="Recorded before, too early, or a used photo")
@bp.alt_response(422, schema=ErrorOut, description="No photo, or findings with nobody at home")
@bp.alt_response(503, schema=ErrorOut, description="The photo store is full or away")
def record_result(form: dict[str, Any], files: dict[str, Any], visit_id: UUID) -> dict[str, Any]:
    """Record what a visit found; a result that is not passed plans a re-check.

    WeChat sends one file a call: a phone posts each photo by `POST /photos/uploads`, then names
    them in `upload_ids`. One without network sends its record later, with a `client_id`.
    """
    upload_ids = form.pop("upload_ids")
    recorded = service.record_result(
        visit_id=visit_id,
        found=service.Found(**form),
        uploads=[*(photo.stream for photo in files["photos"]), *upload_ids],
        by=caller(),
        at=clock.now(),
    )
    return {
        **{name: getattr(recorded.result, name) for name in _RESULT_FIELDS},
        "wrong_kinds": [WasteKind(kind) for kind in recorded.result.wrong_kinds],
        "photo_ids": recorded.photo_ids,
        "recheck_from_on": recorded.recheck and recorded.recheck.from_on,
        "points": recorded.points,
        "message": recorded.message,
    }


@bp.post("/visits/<uuid:visit_id>/reassignment")
@requires(*service.PLANNERS)
@idempotent
@bp.arguments(ReassignmentIn)
@bp.response(200, VisitOut)
@bp.alt_response(403, schema=ErrorOut, description="Their own household, or their own village")
@bp.alt_response(404, schema=ErrorOut, description="Not in the caller's area")
@bp.alt_response(409, schema=ErrorOut, description="Done already, or theirs already")
@bp.alt_response(422, schema=ErrorOut, description="That person does not inspect there")
def reassign(body: dict[str, Any], visit_id: UUID) -> queries.VisitRow:
    """Give a visit to another inspector, with a reason that is kept."""
    service.reassign(
        visit_id=visit_id,
        to=service.Reassignment(body["inspector_id"], body["reason"]),
        by=caller(),
        at=clock.now(),
    )
    return queries.visit_row(caller().county_id, visit_id)


@bp.get("/draws/<week_on>")
@requires(Role.INSPECTOR, *READERS)
@bp.response(200, DrawOut)
@bp.alt_response(404, schema=ErrorOut, description="The week was not drawn")
def draw(week_on: str) -> dict[str, Any]:
    """A week's draw: seed, seal, candidates, and whether repeating it gives the same."""
    county_id = caller().county_id
    found = queries.draw(county_id, _monday(week_on))
    return {
        "week_on": found.week_on,
        "seed": found.seed.hex(),
        "seal_number": found.seal_number,
        "seal_digest": found.seal_digest.hex() if found.seal_digest else None,
        "candidates": found.candidates,
        "candidates_digest": found.candidates_digest.hex(),
        "drawn_at": found.drawn_at,
        "holds_true": planning.repeat(county_id, found.week_on).holds_true,
    }


@bp.get("/settings")
@requires(Role.COUNTY_ADMIN)
@bp.response(200, RoundSettingsOut)
def settings() -> dict[str, Any]:
    """The county's settings in force; version null: the defaults."""
    found = SETTINGS.in_force(caller().county_id)
    return {"version": found.version, "settings": found.settings.as_json()}


@bp.post("/settings")
@requires(Role.COUNTY_ADMIN)
@bp.arguments(RoundSettingsIn)
@bp.response(202, ProposalOut)
@bp.alt_response(409, schema=ErrorOut, description="Proposed by another already")
@bp.alt_response(
    422, schema=ErrorOut, description="A key or value does not fit, or nothing differs"
)
def set_settings(body: dict[str, Any]) -> ShownProposal:
    """Propose settings. They count for the next draw and result, a day after another agreed."""
    who, chosen = caller(), read_settings(body["settings"])
    with transaction():
        return shown(propose_settings(CHANGE, chosen, by=who, at=clock.now()), who)


_RESULT_FIELDS = (
    "id",
    "visit_id",
    "at",
    "outcome",
    "score",
    "is_passed",
    "findings",
    "deductions",
)


def _week(day: date | None) -> date:
    return planning.week_of(day or clock.day_of(clock.now()))


def _monday(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise DrawNotFound() from None
    if not FIRST_DAY <= day <= LAST_DAY:
        raise DrawNotFound()
    return planning.week_of(day)


def _week_out(
    week_on: date, progress: queries.Progress, rows: list[queries.VisitRow], limit: int
) -> dict[str, Any]:
    counts = {"planned": progress.planned, "done": progress.done, "left": progress.left}
    return {"week_on": week_on, **counts, **page(rows, limit)}
