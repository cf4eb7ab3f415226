"""Bodies of appeals."""

from marshmallow import Schema, fields, validate

from app.sorting.self_checks.models import TEXT_LENGTH_MAX, AppealState
from app.web.fields import Lines
from app.web.paging import CountedArgs, counted_page_of


class AppealIn(Schema):
    sentence = Lines(
        required=True,
        validate=validate.Length(2, TEXT_LENGTH_MAX),
        metadata={"description": "Why another look is needed, in the household's own words"},
    )


class AppealsArgs(CountedArgs):
    state = fields.Enum(AppealState, by_value=True, load_default=None)


class AppealOut(Schema):
    id = fields.UUID(required=True)
    self_check_id = fields.UUID(required=True)
    sentence = fields.String(required=True)
    made_at = fields.AwareDateTime(required=True)
    state = fields.Enum(AppealState, by_value=True, required=True)
    answer = fields.String(
        required=True, allow_none=True, metadata={"description": "Of the judge, to the household"}
    )
    decided_at = fields.AwareDateTime(required=True, allow_none=True)


AppealPage = counted_page_of(AppealOut)
