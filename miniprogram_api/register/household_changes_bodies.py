"""Bodies of changes in the life of a household."""

from datetime import date
from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validate, validates_schema

from app.agreements.life.service import Moving
from app.register.households.life import ChangeKind, Seen
from app.register.households.life.changing import Newcomer
from app.register.households.roster.checks import id_number_fault
from app.web.fields import Capitals, Date, Digits, Integer, Name, Whole
from app.web.paging import page_of

PEOPLE_MAX = 30


class SeenIn(Schema):
    document = fields.Enum(
        Seen,
        by_value=True,
        required=True,
        metadata={"description": "Was looked at; no copy is kept"},
    )


class NewcomerIn(Schema):
    name = Name(required=True, validate=validate.Length(min=1, max=30))
    id_number = Capitals(required=True, validate=validate.Length(equal=18))
    phone = Digits(load_default=None, validate=Whole(r"^1[3-9][0-9]{9}$"))

    @validates_schema
    def is_whole(self, data: dict[str, Any], **_: Any) -> None:
        if id_number_fault(data["id_number"], date.max) is not None:
            raise ValidationError("身份证号不对，请再核对一遍", "id_number")

    @post_load
    def as_newcomer(self, data: dict[str, Any], **_: Any) -> Newcomer:
        return Newcomer(**data)


class ShareIn(Schema):
    """Both heads have signed it; without one, points go by the number of people."""

    earned = Integer(required=True, validate=validate.Range(min=0, max=1000))
    sale = Integer(required=True, validate=validate.Range(min=0, max=1000))
    of = Integer(required=True, validate=validate.Range(min=1, max=1000))


class SplitIn(SeenIn):
    people = Integer(
        required=True,
        validate=validate.Range(min=1, max=PEOPLE_MAX),
        metadata={"description": "How many move, those of `member_ids` among them"},
    )
    member_ids = fields.List(
        fields.UUID(), load_default=list, validate=validate.Length(max=PEOPLE_MAX)
    )
    head_id = fields.UUID(load_default=None, metadata={"description": "One of `member_ids`"})
    new_head = fields.Nested(
        NewcomerIn,
        load_default=None,
        metadata={"description": "Instead of `head_id`: somebody whom the register does not know"},
    )
    group_id = fields.UUID(required=True, metadata={"description": "A group of the same village"})
    door_number = Name(required=True, validate=validate.Length(min=1, max=50))
    share = fields.Nested(ShareIn, load_default=None)

    @validates_schema
    def names_one_head(self, data: dict[str, Any], **_: Any) -> None:
        _check_one_head(data)

    @post_load
    def as_moving(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        moving = Moving(
            people=data["people"],
            member_ids=data["member_ids"],
            head=data["head_id"] or data["new_head"],
            group_id=data["group_id"],
            door_number=data["door_number"],
            **(data["share"] or {}),
        )
        return {"moving": moving, "document": data["document"]}


def _check_one_head(data: dict[str, Any]) -> None:
    if (data["head_id"] is None) == (data["new_head"] is None):
        raise ValidationError("请选一位新户主，或填写新户主的姓名和身份证号", "head_id")


class MergeIn(SeenIn):
    into_id = fields.UUID(required=True, metadata={"description": "The household that goes on"})


class HeadIn(SeenIn):
    head_id = fields.UUID(load_default=None, metadata={"description": "A member"})
    new_head = fields.Nested(
        NewcomerIn,
        load_default=None,
        metadata={"description": "Instead of `head_id`: somebody whom the register does not know"},
    )
    has_died = fields.Boolean(
        load_default=False, metadata={"description": "The head of before, who else stays a member"}
    )

    @validates_schema
    def names_one_head(self, data: dict[str, Any], **_: Any) -> None:
        _check_one_head(data)

    @post_load
    def as_asked(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        return {
            "new_head": data["head_id"] or data["new_head"],
            "has_died": data["has_died"],
            "document": data["document"],
        }


class MoveIn(SeenIn):
    group_id = fields.UUID(required=True, metadata={"description": "A group of the same village"})
    door_number = Name(required=True, validate=validate.Length(min=1, max=50))
    from_on = Date(required=True, metadata={"description": "The first day there; 31 days back"})


class DeathIn(SeenIn):
    member_id = fields.UUID(required=True, metadata={"description": "Not the head"})


class ChangeLineOut(Schema):
    area = fields.String(required=True, metadata={"description": "people, points, debts, card, …"})
    text = fields.String(required=True)


class ChangeBlockOut(Schema):
    code = fields.String(required=True)
    message = fields.String(required=True, metadata={"description": "What to do first"})


class ChangePreviewOut(Schema):
    lines = fields.List(fields.Nested(ChangeLineOut), required=True)
    blocks = fields.List(
        fields.Nested(ChangeBlockOut),
        required=True,
        metadata={"description": "None: it can be asked for, and would do what the lines say"},
    )


class HouseholdChangeOut(Schema):
    id = fields.UUID(required=True)
    kind = fields.Enum(ChangeKind, by_value=True, required=True)
    household_id = fields.UUID(required=True)
    other_id = fields.UUID(required=True, allow_none=True)
    document = fields.Enum(Seen, by_value=True, required=True)
    happened_on = fields.Date(required=True)
    done_at = fields.AwareDateTime(required=True)


HouseholdChangePage = page_of(HouseholdChangeOut)
