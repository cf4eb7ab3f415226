"""Bodies of notices and of the list of those who are told in person."""

from marshmallow import Schema, fields, validate

from app.messages.notices import NoticeState
from app.web.fields import Token
from app.web.paging import CountedArgs, DaysArgs, counted_page_of, page_of


class NoticesArgs(CountedArgs, DaysArgs):
    kind = Token(
        load_default=None,
        validate=validate.Length(max=60),
        metadata={"description": "Only what is told of this, say points_expire"},
    )


class NoticeAboutOut(Schema):
    kind = fields.String(required=True, metadata={"description": "Say order, or proposal"})
    id = fields.UUID(required=True)


class ReadIn(Schema):
    until = fields.UUID(
        required=True, metadata={"description": "The newest notice that was read; older ones are"}
    )


class NoticeOut(Schema):
    id = fields.UUID(required=True)
    title = fields.String(required=True)
    sentence = fields.String(required=True)
    state = fields.Enum(NoticeState, by_value=True, required=True)
    written_at = fields.AwareDateTime(required=True)
    kind = fields.String(required=True, metadata={"description": "Say points_expire"})
    about = fields.Nested(
        NoticeAboutOut,
        required=True,
        allow_none=True,
        metadata={"description": "What can be opened from it; null: nothing"},
    )
    is_read = fields.Boolean(required=True)


NoticePage = counted_page_of(NoticeOut)


class TemplateOut(Schema):
    kind = fields.String(
        required=True, metadata={"description": "What is told by it, say points_expire"}
    )
    template_id = fields.String(
        required=True, metadata={"description": "For `wx.requestSubscribeMessage`"}
    )


class TemplateListOut(Schema):
    items = fields.List(fields.Nested(TemplateOut), required=True)


class AgreementIn(Schema):
    template_ids = fields.List(
        Token(validate=validate.Length(min=1, max=100)),
        required=True,
        validate=validate.Length(min=1, max=5),
        metadata={"description": "Those that the user accepted just now"},
    )


class OnBoardOut(Schema):
    id = fields.UUID(required=True)
    group = fields.String(required=True)
    door_number = fields.String(required=True)
    head = fields.String(required=True, metadata={"description": "Name of the head"})
    sentence = fields.String(required=True, metadata={"description": "What to tell them"})
    written_at = fields.AwareDateTime(required=True)


OnBoardPage = page_of(OnBoardOut)
