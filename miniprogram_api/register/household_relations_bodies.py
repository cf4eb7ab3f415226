"""Bodies of households that do not judge each other."""

from marshmallow import Schema, fields

from app.register.households.models import RelationKind
from app.web.paging import PageArgs, page_of


class RelationsArgs(PageArgs):
    household_id = fields.UUID(
        load_default=None, metadata={"description": "Only those of this household"}
    )


class RelationIn(Schema):
    household_id = fields.UUID(required=True)
    other_id = fields.UUID(required=True)
    kind = fields.Enum(RelationKind, by_value=True, required=True)


class RelationOut(RelationIn):
    id = fields.UUID(required=True)
    head = fields.String(required=True, metadata={"description": "Masked"})
    other_head = fields.String(required=True, metadata={"description": "Masked"})
    entered_at = fields.AwareDateTime(required=True)


RelationPage = page_of(RelationOut)
