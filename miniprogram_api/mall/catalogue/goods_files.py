"""Goods in Excel: the template, the import with its dry run, and the export."""

from typing import Any

from flask import Response
from flask_smorest import Blueprint

from app.kernel import clock
from app.register.identity.roles import Role
from app.web.api import ErrorOut
from app.web.auth import caller, requires
from app.web.contract import BINARY
from app.web.idempotency import idempotent
from app.web.multipart import multipart
from mall.catalogue import files as workbooks
from miniprogram_api.mall.catalogue.goods_files_bodies import (
    GoodsExportArgs,
    GoodsFileIn,
    GoodsFormIn,
    GoodsImportOut,
)
from miniprogram_api.mall.serving import managed_merchant

bp = Blueprint("goods_files", __name__, description="商品导入导出")
MANAGERS = (Role.MERCHANT, Role.COUNTY_ADMIN)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@bp.get("/goods-template")
@requires(*MANAGERS)
@bp.response(200, BINARY, content_type=XLSX)
def template() -> Response:
    """The workbook to fill in, with the county's categories to choose from."""
    return _sent(workbooks.template(caller().county_id), "goods-template.xlsx")


@bp.post("/goods-imports")
@requires(*MANAGERS)
@idempotent
@multipart(bp, files=GoodsFileIn, form=GoodsFormIn)
@bp.response(200, GoodsImportOut)
@bp.alt_response(404, schema=ErrorOut, description="Not a merchant of the caller")
@bp.alt_response(422, schema=ErrorOut, description="No file of goods; `details.problems` says why")
def import_goods(form: dict[str, Any], files: dict[str, Any]) -> workbooks.Outcome:
    """Import the goods of a file, all or none; or, as a dry run, list its problems."""
    return workbooks.import_goods(
        files["file"].stream,
        county_id=caller().county_id,
        merchant_id=managed_merchant(form["merchant_id"]),
        is_dry_run=form["dry_run"],
        by=caller().user_id,
        at=clock.now(),
    )


@bp.get("/goods-export")
@requires(*MANAGERS)
@bp.arguments(GoodsExportArgs, location="query")
@bp.response(200, BINARY, content_type=XLSX)
@bp.alt_response(404, schema=ErrorOut, description="Not a merchant of the caller")
def export(args: dict[str, Any]) -> Response:
    """A merchant's goods as a workbook that can be imported again."""
    merchant_id = managed_merchant(args["merchant_id"])
    return _sent(workbooks.export(caller().county_id, merchant_id), "goods.xlsx")


def _sent(content: bytes, name: str) -> Response:
    headers = {"Content-Disposition": f"attachment; filename={name}"}
    return Response(content, content_type=XLSX, headers=headers)
