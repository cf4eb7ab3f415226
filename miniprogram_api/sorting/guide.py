"""Where a thing goes."""

from typing import Any

from flask_smorest import Blueprint
from marshmallow import Schema, fields, validate

from app.kernel.waste import WasteKind
from app.register.identity.roles import Role
from app.sorting.guide import looked_up
from app.web.auth import requires
from app.web.fields import Words

bp = Blueprint("guide", __name__, description="这个往哪儿扔")


class GuideArgs(Schema):
    words = Words(
        required=True,
        validate=validate.Length(min=1, max=20),
        metadata={"description": "The thing, say 电池"},
    )


class ThingOut(Schema):
    name = fields.String(required=True)
    also = fields.List(fields.String(), required=True, metadata={"description": "Go the same way"})
    kind = fields.Enum(WasteKind, by_value=True, required=True)
    words = fields.String(required=True)
    hint = fields.String(required=True, metadata={"description": "What to mind; may be empty"})


class GuideOut(Schema):
    items = fields.List(fields.Nested(ThingOut), required=True)


@bp.get("")
@requires(Role.VISITOR)
@bp.arguments(GuideArgs, location="query")
@bp.response(200, GuideOut)
def guide(args: dict[str, Any]) -> dict[str, Any]:
    """Things that are called so, and their kind of waste; nothing where we do not know."""
    return {"items": looked_up(args["words"])}
