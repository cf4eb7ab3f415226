"""What was collected, by village, day and stream."""

from typing import Any

from flask_smorest import Blueprint
from marshmallow import Schema, ValidationError, fields, validates_schema

from app.register.assets.streams import Stream
from app.waste.collection import counting, queries
from app.web.auth import caller, requires
from app.web.fields import Date

bp = Blueprint("waste_counts", __name__, description="收运数量")
DAYS_MAX = 31


class WasteArgs(Schema):
    from_on = Date(required=True, metadata={"description": "The first day, in China"})
    to_on = Date(required=True, metadata={"description": "The last day, itself included"})

    @validates_schema
    def _a_month_at_most(self, args: dict[str, Any], **_: Any) -> None:
        if not 0 <= (args["to_on"] - args["from_on"]).days < DAYS_MAX:
            raise ValidationError(f"一次最多看 {DAYS_MAX} 天，结束日期不能早于开始日期", "to_on")


class DayOfWasteOut(Schema):
    village_id = fields.UUID(required=True)
    village = fields.String(required=True)
    day = fields.Date(required=True)
    stream = fields.Enum(Stream, by_value=True, required=True)
    collections = fields.Integer(required=True)
    unweighed = fields.Integer(required=True, metadata={"description": "Of the collections"})
    weighed_grams = fields.Integer(required=True)
    reckoned_grams = fields.Integer(
        required=True, metadata={"description": "From how full it was; not in `weighed_grams`"}
    )


class WasteOut(Schema):
    items = fields.List(fields.Nested(DayOfWasteOut), required=True)


@bp.get("")
@requires(*queries.READERS)
@bp.arguments(WasteArgs, location="query")
@bp.response(200, WasteOut)
def counts(args: dict[str, Any]) -> dict[str, Any]:
    """What was collected in the caller's area: counted live, a late record on its own day."""
    who = caller()
    return {"items": counting.counts(who.county_id, who.places(*queries.READERS), **args)}
