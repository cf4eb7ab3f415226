"""Who can be tried in the demo county; an installation has nobody."""

import json
from pathlib import Path
from typing import Any

from flask import current_app
from flask_smorest import Blueprint
from marshmallow import Schema, fields

from app.config import Settings
from app.kernel.errors import NotFound
from app.web.api import ErrorOut
from app.web.auth import public

bp = Blueprint("demo", __name__, description="要试的人")
# `make run` leaves it below FEN_HOME.
PEOPLE = Path("sandbox") / "people.json"


class NoDemo(NotFound):
    code = "sandbox.none"
    message = "这里不是演示环境"


class DemoPersonOut(Schema):
    openid = fields.String(required=True)
    title = fields.String(required=True)
    name = fields.String(required=True)
    role = fields.String(required=True)
    area = fields.String(required=True)


class DemoOut(Schema):
    items = fields.List(fields.Nested(DemoPersonOut), required=True)
    login_codes_url = fields.String(
        required=True,
        metadata={
            "format": "uri",
            "description": "Of the stand-in for WeChat: POST `{openid}` for the code of `wx.login`",
        },
    )


@bp.get("/people")
@public
@bp.response(200, DemoOut)
@bp.alt_response(404, schema=ErrorOut, description="Not the sandbox")
def people() -> dict[str, Any]:
    """The people of the demo county, to sign in as one of them; nobody outside the sandbox."""
    settings: Settings = current_app.config["SETTINGS"]
    told = settings.home_path / PEOPLE
    if settings.is_production or not told.exists():
        raise NoDemo()
    found: dict[str, Any] = json.loads(told.read_text(encoding="utf-8"))
    return found
