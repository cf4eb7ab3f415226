"""Bodies of sales of recyclables, of recyclers and of their deposits."""

from typing import Any

from marshmallow import (
    Schema,
    ValidationError,
    fields,
    post_load,
    validate,
    validates_schema,
)

from app.kernel.decisions import DecisionState
from app.kernel.units import GRAMS_IN
from app.recycling.sales.models import Material, SaleState
from app.recycling.sales.service import Kept
from app.web.fields import Date, Digits, Instant, Integer, Lines, Name, Number, Token, Whole
from app.web.paging import CountedArgs, DaysArgs, counted_page_of, page_of

LINES_MAX = 20
NAME = validate.Length(2, 50)
_PHONE = Whole(r"^1[3-9][0-9]{9}$", error="手机号应为 11 位")


class SaleLineIn(Schema):
    """What lay on the scale: ``weight`` and ``unit``, or ``pieces`` of what is counted."""

    material = fields.Enum(Material, by_value=True, required=True)
    weight = Number(
        load_default=None,
        validate=validate.Length(1, 10),
        metadata={"description": "As the scale shows it: 12 or 10.5"},
    )
    unit = Token(load_default=None, validate=validate.OneOf(sorted(GRAMS_IN)))
    pieces = Integer(load_default=None, strict=True, validate=validate.Range(1, 10_000))

    @validates_schema
    def _weighed_or_counted(self, line: dict[str, object], **_: object) -> None:
        material = line["material"]
        assert isinstance(material, Material)
        given = {name for name in ("weight", "unit", "pieces") if line[name] is not None}
        wanted = {"pieces"} if material.is_counted else {"weight", "unit"}
        if given != wanted:
            asked = "这一类只填写件数" if material.is_counted else "这一类要填写重量和单位"
            raise ValidationError(asked)


class SaleIn(Schema):
    household_id = fields.UUID(required=True)
    lines = fields.List(
        fields.Nested(SaleLineIn), required=True, validate=validate.Length(1, LINES_MAX)
    )
    upload_id = fields.UUID(
        load_default=None,
        metadata={"description": "A photo of the scale; see `POST /api/v1/photos/uploads`"},
    )
    client_id = fields.UUID(
        load_default=None,
        metadata={"description": "Of a record that the phone kept; then `phone_time` is needed"},
    )
    phone_time = Instant(
        load_default=None, metadata={"description": "When it was weighed, by the phone"}
    )

    @validates_schema
    def _a_kept_record_has_its_time(self, body: dict[str, Any], **_: Any) -> None:
        if body["client_id"] is not None and body["phone_time"] is None:
            raise ValidationError("补传的记录要带手机上的时间", "phone_time")

    @post_load
    def _kept(self, body: dict[str, Any], **_: Any) -> dict[str, Any]:
        client_id, phone_time = body.pop("client_id"), body.pop("phone_time")
        return body | {"kept": Kept(client_id, phone_time) if client_id else None}


class SaleVoidIn(Schema):
    because = Lines(
        required=True,
        validate=validate.Length(4, 200),
        metadata={"description": "In plain Chinese: the household reads it"},
    )
    code = Digits(
        load_default=None,
        validate=Whole(r"[0-9]{6}"),
        metadata={"description": "From the seller's phone; none while it waits for a yes"},
    )


class SaleCodeOut(Schema):
    code = fields.String(required=True)


class SaleLineOut(Schema):
    material = fields.Enum(Material, by_value=True, required=True)
    grams = fields.Integer(required=True, allow_none=True)
    pieces = fields.Integer(required=True, allow_none=True)
    price_fen = fields.Integer(
        required=True, metadata={"description": "A kilogram, or a piece of what is counted"}
    )
    points = fields.Integer(required=True)


class SalesArgs(CountedArgs, DaysArgs):
    state = fields.Enum(SaleState, by_value=True, load_default=None)


class SaleOut(Schema):
    id = fields.UUID(required=True)
    household_id = fields.UUID(required=True)
    state = fields.Enum(SaleState, by_value=True, required=True)
    sold_at = fields.AwareDateTime(required=True)
    policy_version = fields.Integer(required=True, metadata={"description": "Whose prices"})
    points = fields.Integer(
        required=True, metadata={"description": "The price in fen; these points never expire"}
    )
    lines = fields.List(fields.Nested(SaleLineOut), required=True)
    photo_id = fields.UUID(required=True, allow_none=True, metadata={"description": "The scale"})
    answered_at = fields.AwareDateTime(
        required=True,
        allow_none=True,
        metadata={"description": "When somebody said yes or no to a large one"},
    )
    undone_at = fields.AwareDateTime(required=True, allow_none=True)
    undone_because = fields.String(required=True, allow_none=True)


SalePage = counted_page_of(SaleOut)


class AreaSalesArgs(SalesArgs):
    household_id = fields.UUID(load_default=None)


class RecyclerIn(Schema):
    region_id = fields.UUID(required=True, metadata={"description": "Where it buys"})
    name = Name(required=True, validate=NAME)
    owner_phone = Digits(
        required=True, validate=_PHONE, metadata={"description": "Who answers for it"}
    )
    owner_name = Name(required=True, validate=NAME)


class RecyclerOut(Schema):
    id = fields.UUID(required=True)
    region_id = fields.UUID(required=True)
    name = fields.String(required=True)


class RecyclerRowOut(RecyclerOut):
    region = fields.String(required=True)
    balance_fen = fields.Integer(
        required=True, metadata={"description": "What it has left to buy with"}
    )


RecyclerRowPage = page_of(RecyclerRowOut)


class DepositIn(Schema):
    recycler_id = fields.UUID(required=True)
    statement_entry_id = fields.UUID(
        required=True, metadata={"description": "The line on which the bank shows the money"}
    )


class DepositsArgs(CountedArgs):
    state = fields.Enum(DecisionState, by_value=True, load_default=None)
    recycler_id = fields.UUID(load_default=None)


class DepositOut(Schema):
    id = fields.UUID(required=True)
    recycler_id = fields.UUID(required=True)
    statement_entry_id = fields.UUID(required=True)
    amount_fen = fields.Integer(required=True)
    state = fields.Enum(DecisionState, by_value=True, required=True)
    proposed_at = fields.AwareDateTime(required=True)
    decided_at = fields.AwareDateTime(required=True, allow_none=True)


DepositPage = counted_page_of(DepositOut)


class _SaleDay(Schema):
    village_id = fields.UUID(required=True)
    weighed_by = fields.UUID(required=True)
    day = Date(required=True)


class SaleDayOut(_SaleDay):
    village = fields.String(required=True)
    weigher = fields.String(required=True, allow_none=True)
    grams = fields.Integer(required=True, metadata={"description": "As it was weighed in all"})
    pieces = fields.Integer(required=True)


class SaleDayListOut(Schema):
    items = fields.List(fields.Nested(SaleDayOut), required=True)


class SaleSignatureIn(_SaleDay):
    """What was really there: all that has a weight together, and pieces of what is counted."""

    weight = Number(
        required=True,
        validate=validate.Length(1, 10),
        metadata={"description": "As the scale shows it: 12 or 10.5"},
    )
    unit = Token(required=True, validate=validate.OneOf(sorted(GRAMS_IN)))
    pieces = Integer(required=True, strict=True, validate=validate.Range(0, 1_000_000))


class SaleSignatureOut(_SaleDay):
    id = fields.UUID(required=True)
    grams = fields.Integer(required=True)
    pieces = fields.Integer(required=True)
    booked_grams = fields.Integer(required=True)
    booked_pieces = fields.Integer(required=True)
    is_off = fields.Boolean(
        required=True, metadata={"description": "By more than 5 %: nobody weighs on there"}
    )
    signed_at = fields.AwareDateTime(required=True)


class PriceOut(Schema):
    material = fields.Enum(Material, by_value=True, required=True)
    words = fields.String(required=True, metadata={"description": "Say 废纸"})
    price_points = fields.Integer(required=True)
    unit = fields.String(required=True, metadata={"enum": ["kg", "piece"]})
    unit_words = fields.String(required=True, metadata={"description": "公斤 or 个"})
    is_low_value = fields.Boolean(
        required=True, metadata={"description": "Earns the low-value bonus as well"}
    )


class SalePricesOut(Schema):
    on = fields.Date(required=True)
    policy_version = fields.Integer(required=True)
    items = fields.List(
        fields.Nested(PriceOut),
        required=True,
        metadata={"description": "Those with a price; `material` names the picture"},
    )
    bonuses = fields.List(
        fields.String(), required=True, metadata={"description": "For weight, in words"}
    )


class OwnRecyclersOut(Schema):
    items = fields.List(fields.Nested(RecyclerRowOut), required=True)
