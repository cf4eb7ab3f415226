"""Bodies of ranks and boards. Names are masked; nobody reads what another household earned."""

from marshmallow import Schema, fields

from app.standing.ranks.models import Span
from app.web.paging import CountedArgs, counted_page_of, page_of


class RunningRankOut(Schema):
    first_day = fields.Date(required=True)
    last_day = fields.Date(required=True)
    points = fields.Integer(required=True)
    active_days = fields.Integer(required=True)
    active_days_min = fields.Integer(
        required=True, metadata={"description": "With fewer days with points nobody is ranked"}
    )
    place = fields.Integer(
        required=True, allow_none=True, metadata={"description": "Null: not ranked so far"}
    )
    of = fields.Integer(required=True, metadata={"description": "Households ranked so far"})


class WonOut(Schema):
    id = fields.UUID(required=True)
    span = fields.Enum(Span, by_value=True, required=True)
    first_day = fields.Date(required=True)
    last_day = fields.Date(required=True)
    region = fields.String(required=True)
    place = fields.Integer(required=True)
    points = fields.Integer(required=True, metadata={"description": "Earned in the span"})
    households = fields.Integer(required=True, metadata={"description": "Of the region"})


WonPage = page_of(WonOut)


class OwnRankOut(Schema):
    running = fields.Nested(
        RunningRankOut,
        required=True,
        allow_none=True,
        metadata={"description": "Null: the county ranks nobody"},
    )
    won = fields.Nested(WonPage, required=True)


class WinnerOut(Schema):
    place = fields.Integer(required=True)
    household = fields.String(required=True, metadata={"description": "The head's name, masked"})
    is_own = fields.Boolean(required=True)


class BoardOut(Schema):
    id = fields.UUID(required=True)
    span = fields.Enum(Span, by_value=True, required=True)
    first_day = fields.Date(required=True)
    last_day = fields.Date(required=True)
    region = fields.String(required=True)
    households = fields.Integer(required=True)
    winners = fields.List(fields.Nested(WinnerOut), required=True)


BoardPage = counted_page_of(BoardOut)


class BoardsArgs(CountedArgs):
    span = fields.Enum(Span, by_value=True, load_default=None)
