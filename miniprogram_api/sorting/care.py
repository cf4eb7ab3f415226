"""The care register and visit notes, for liaisons and the administrators of their area only."""

from typing import Any
from uuid import UUID

from flask_smorest import Blueprint

from app.kernel import clock
from app.register.identity.roles import Role
from app.sorting.care import queries, service
from app.web.api import ErrorOut
from app.web.auth import caller, requires
from app.web.idempotency import idempotent
from app.web.paging import page
from miniprogram_api.sorting.care_bodies import (
    CareEndIn,
    CareEntriesArgs,
    CareEntryIn,
    CareEntryOut,
    CareEntryPage,
    CareNeedIn,
    OfHouseholdArgs,
    VisitNoteIn,
    VisitNoteOut,
    VisitNotePage,
)

bp = Blueprint("care", __name__, description="关爱名单、走访记录")

CARERS = (Role.LIAISON, *queries.OFFICES)


@bp.get("/entries")
@requires(*CARERS)
@bp.arguments(CareEntriesArgs, location="query")
@bp.response(200, CareEntryPage)
def register(args: dict[str, Any]) -> dict[str, Any]:
    """The households that need special help, newest first, and which have no phone bound."""
    rows = queries.register(by=caller(), day=clock.day_of(clock.now()), **args)
    return page(rows, args["limit"])


@bp.post("/entries")
@requires(*CARERS)
@idempotent
@bp.arguments(CareEntryIn)
@bp.response(201, CareEntryOut)
@bp.alt_response(404, schema=ErrorOut, description="Not a household of the caller")
@bp.alt_response(409, schema=ErrorOut, description="It is on the register")
def enter(body: dict[str, Any]) -> queries.CareRow:
    """Put a household on the care register."""
    household_id = body.pop("household_id")
    return service.enter(
        household_id=household_id, need=service.Need(**body), by=caller(), at=clock.now()
    )


@bp.post("/entries/<uuid:entry_id>/revision")
@requires(*CARERS)
@idempotent
@bp.arguments(CareNeedIn)
@bp.response(200, CareEntryOut)
@bp.alt_response(404, schema=ErrorOut, description="Not of a household of the caller")
@bp.alt_response(409, schema=ErrorOut, description="It has ended")
def revise(body: dict[str, Any], entry_id: UUID) -> queries.CareRow:
    """Write the entry anew; the old one is kept. Answers with the new one."""
    return service.revise(entry_id=entry_id, need=service.Need(**body), by=caller(), at=clock.now())


@bp.post("/entries/<uuid:entry_id>/end")
@requires(*CARERS)
@idempotent
@bp.arguments(CareEndIn)
@bp.response(200, CareEntryOut)
@bp.alt_response(404, schema=ErrorOut, description="Not of a household of the caller")
@bp.alt_response(409, schema=ErrorOut, description="It has ended")
def end(body: dict[str, Any], entry_id: UUID) -> queries.CareRow:
    """Take the household off the register; the entry is kept."""
    return service.end(entry_id=entry_id, by=caller(), at=clock.now(), **body)


@bp.get("/history")
@requires(*CARERS)
@bp.arguments(OfHouseholdArgs, location="query")
@bp.response(200, CareEntryPage)
def history(args: dict[str, Any]) -> dict[str, Any]:
    """All entries of a household, also those that ended, newest first."""
    rows = queries.history(by=caller(), day=clock.day_of(clock.now()), **args)
    return page(rows, args["limit"])


@bp.get("/notes")
@requires(*CARERS)
@bp.arguments(OfHouseholdArgs, location="query")
@bp.response(200, VisitNotePage)
def notes(args: dict[str, Any]) -> dict[str, Any]:
    """What visitors noted about a household, newest first."""
    rows = queries.notes(by=caller(), **args)
    return page(rows, args["limit"])


@bp.post("/notes")
@requires(*CARERS)
@idempotent
@bp.arguments(VisitNoteIn)
@bp.response(201, VisitNoteOut)
@bp.alt_response(404, schema=ErrorOut, description="Not a household of the caller")
def write_note(body: dict[str, Any]) -> queries.NoteRow:
    """Note a few words about a household, for whoever comes next."""
    return service.write_note(by=caller(), at=clock.now(), **body)
