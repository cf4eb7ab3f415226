"""Assets in Excel: the template, and the import with its dry run."""

from typing import Any

from flask import Response
from flask_smorest import Blueprint
from flask_smorest.fields import Upload
from marshmallow import Schema, fields

from app.kernel import clock
from app.register.assets import files as workbooks
from app.register.assets.registering import REGISTRARS
from app.web.api import ErrorOut
from app.web.auth import caller, requires
from app.web.contract import BINARY
from app.web.idempotency import idempotent
from app.web.multipart import multipart
from miniprogram_api.register.rosters_bodies import ProblemOut

bp = Blueprint("asset_files", __name__, description="设施导入")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class AssetFileIn(Schema):
    file = Upload(
        required=True, metadata={"description": "An .xlsx of at most 10 MB and 2,000 assets"}
    )


class AssetFormIn(Schema):
    dry_run = fields.Boolean(
        load_default=False, metadata={"description": "List the problems and change nothing"}
    )


class AssetImportOut(Schema):
    is_dry_run = fields.Boolean(required=True)
    rows = fields.Integer(required=True)
    added = fields.Integer(required=True)
    updated = fields.Integer(required=True)
    unchanged = fields.Integer(required=True)
    problem_count = fields.Integer(required=True)
    problems = fields.List(
        fields.Nested(ProblemOut), required=True, metadata={"description": "The first 500, by row"}
    )


@bp.get("/asset-template")
@requires(*REGISTRARS)
@bp.response(200, BINARY, content_type=XLSX)
def template() -> Response:
    """The workbook to fill in."""
    headers = {"Content-Disposition": "attachment; filename=assets-template.xlsx"}
    return Response(workbooks.template(), content_type=XLSX, headers=headers)


@bp.post("/asset-imports")
@requires(*REGISTRARS)
@idempotent
@multipart(bp, files=AssetFileIn, form=AssetFormIn)
@bp.response(200, AssetImportOut)
@bp.alt_response(422, schema=ErrorOut, description="No file of assets; `details.problems` says why")
def import_assets(form: dict[str, Any], files: dict[str, Any]) -> workbooks.Outcome:
    """Import the assets of a file, all or none; or, as a dry run, list its problems."""
    return workbooks.import_assets(
        files["file"].stream, is_dry_run=form["dry_run"], by=caller(), at=clock.now()
    )
