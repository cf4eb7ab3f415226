"""Labels: printed blank by the sheet, attached in the field, scanned."""

from typing import Any
from uuid import UUID

import segno
from flask import Response, current_app, request
from flask_smorest import Blueprint
from markupsafe import Markup

from app.kernel import clock
from app.register.assets import labelling, queries
from app.register.assets.errors import CodeUnknown
from app.register.assets.labelling import ATTACHERS
from app.register.assets.models import Label
from app.register.assets.registering import REGISTRARS
from app.register.identity.roles import Role
from app.web.api import ErrorOut
from app.web.auth import caller, requires
from app.web.idempotency import idempotent
from app.web.limits import wrong_tries
from miniprogram_api.printing import print_page
from miniprogram_api.register.assets_bodies import (
    AttachIn,
    LabelOut,
    LabelSheetArgs,
    LabelSheetIn,
    LabelSheetOut,
    ScannedOut,
)

bp = Blueprint("labels", __name__, description="标签", template_folder="templates")
WRONG_CODES_A_MINUTE = 10
BIN_LETTER = "N"


@bp.post("/labels/sheets")
@requires(*REGISTRARS)
@idempotent
@bp.arguments(LabelSheetIn)
@bp.response(201, LabelSheetOut)
def make_sheet(body: dict[str, Any]) -> labelling.Sheet:
    """Make blank labels for things of a kind; print the sheet, stick them on, scan them there."""
    return labelling.print_labels(**body, by=caller(), at=clock.now())


@bp.get("/labels/sheets/<uuid:sheet_id>")
@requires(*REGISTRARS)
@bp.arguments(LabelSheetArgs, location="query")
@bp.response(200, {"type": "string"}, content_type="text/html")
@bp.alt_response(404, schema=ErrorOut, description="No sheet of the county with blank labels")
def print_sheet(args: dict[str, Any], sheet_id: UUID) -> Response:
    """The labels of a sheet that hang nowhere yet, as a page to print."""
    found = labelling.sheet(caller().county_id, sheet_id)
    return print_page("label_sheet.html", codes=found.codes, qr=_qr, **args)


@bp.post("/labels/attachments")
@requires(*ATTACHERS)
@idempotent
@bp.arguments(AttachIn)
@bp.response(200, LabelOut)
@bp.alt_response(404, schema=ErrorOut, description="No such label, or not an asset of the area")
@bp.alt_response(409, schema=ErrorOut, description="It ended, hangs elsewhere, or another is there")
@bp.alt_response(422, schema=ErrorOut, description="The code was misread")
@bp.alt_response(429, schema=ErrorOut, description="Too many unknown codes")
def attach(body: dict[str, Any]) -> Label:
    """Note that a label now hangs on an asset. The one that it replaces ends at once."""
    text = body.pop("code")
    with _codes_counted():
        return labelling.attach(text=text, **body, by=caller(), at=clock.now())


@bp.get("/scan/<path:code>")
@requires(Role.VISITOR)
@bp.response(200, ScannedOut)
@bp.alt_response(404, schema=ErrorOut, description="No label of the county")
@bp.alt_response(422, schema=ErrorOut, description="The code was misread, or the bag is not ours")
@bp.alt_response(429, schema=ErrorOut, description="Too many unknown codes")
def scan(code: str) -> queries.Scanned:
    """What was scanned or typed, and what the caller may do there: the code itself gives no
    right."""
    with _codes_counted():
        return queries.scan(code, caller())


def _codes_counted() -> Any:
    who = caller().user_id
    return wrong_tries("label_code", who, wrong=CodeUnknown, most=WRONG_CODES_A_MINUTE)


def _qr(code: str) -> Markup:
    """Bins stand in sun and dirt: theirs still reads when a third of it is gone."""
    host = current_app.config["SETTINGS"].public_base_url or request.host_url.rstrip("/")
    error = "h" if code.startswith(BIN_LETTER) else "q"
    drawn = segno.make(f"{host}/q/{code}", error=error, micro=False, boost_error=False)
    return Markup(drawn.svg_inline(border=2, omitsize=True))  # noqa: S704 - from our own text
