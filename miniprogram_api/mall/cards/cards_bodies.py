"""Bodies of household cards, their proxies and their uses."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from app.register.cards.models import BlockReason, CardState
from app.register.cards.printing import SHEET_CARDS_MAX
from app.register.households.models import DocumentKind
from app.web.fields import Date, Digits, Integer, Name, Number, Whole
from app.web.paging import PageArgs, page_of
from mall.redemption.models import RedemptionState
from mall.redemption.service import POINTS_MAX
from miniprogram_api.mall.redemption.redemptions_bodies import SaleIn

_PIN = Whole(r"^[0-9]{6}$")


class SheetIn(Schema):
    region_id = fields.UUID(
        load_default=None,
        metadata={"description": "A village or group: its households that have no card yet"},
    )
    household_ids = fields.List(
        fields.UUID(),
        load_default=list,
        validate=validate.Length(max=SHEET_CARDS_MAX),
        metadata={"description": "Instead: these get a new card, and the one they had ends"},
    )
    is_again = fields.Boolean(
        load_default=False,
        metadata={"description": "With a region: cards that were printed and not handed over too"},
    )

    @validates_schema
    def _one_of_two(self, body: dict[str, Any], **_: Any) -> None:
        if (body["region_id"] is None) != bool(body["household_ids"]):
            raise ValidationError("请选择一个地方，或选择住户", "region_id")


class CardText(Schema):
    card = Number(
        required=True,
        validate=validate.Length(min=9, max=64),
        metadata={"description": "Text of the QR code, or the nine digits"},
    )


class CardHandOverIn(CardText):
    pin = Digits(required=True, load_only=True, validate=_PIN)
    pin_again = Digits(required=True, load_only=True, validate=_PIN)
    member_id = fields.UUID(
        required=True, metadata={"description": "Who stands there and gets the card"}
    )
    document = fields.Enum(DocumentKind, by_value=True, required=True)


class CardOut(Schema):
    id = fields.UUID(required=True)
    household_id = fields.UUID(required=True)
    number = fields.String(required=True)
    state = fields.Enum(CardState, by_value=True, required=True)
    block_reason = fields.Enum(BlockReason, by_value=True, required=True, allow_none=True)
    wrong_pins = fields.Integer(required=True, metadata={"description": "In a row"})
    printed_at = fields.AwareDateTime(required=True)
    group = fields.String(required=True)
    door_number = fields.String(required=True)
    head = fields.String(required=True, metadata={"description": "Name of the head, masked"})


class CardsArgs(PageArgs):
    door = Name(
        load_default=None,
        validate=validate.Length(min=1, max=30),
        metadata={"description": "A part of the door number"},
    )
    number = Digits(load_default=None, validate=Whole(r"^[0-9]{9}$"))
    state = fields.Enum(
        CardState,
        by_value=True,
        load_default=None,
        metadata={"description": "Without it, all that have not ended"},
    )


class PresentedIn(CardText):
    shop_id = fields.UUID(
        load_default=None,
        metadata={"description": "Needed only by who serves at more than one shop"},
    )


class BuyerOut(Schema):
    proxy_id = fields.UUID(required=True)
    name = fields.String(required=True, metadata={"description": "Masked"})


class PresentedOut(Schema):
    state = fields.Enum(CardState, by_value=True, required=True)
    head = fields.String(required=True, metadata={"description": "Name of the head, masked"})
    proxies = fields.List(
        fields.Nested(BuyerOut),
        required=True,
        metadata={"description": "Who may buy for the household today"},
    )


class CardPaymentIn(SaleIn, PresentedIn):
    pin = Digits(
        required=True,
        load_only=True,
        validate=_PIN,
        metadata={"description": "Typed by the customer; never kept by the phone"},
    )
    proxy_id = fields.UUID(
        required=True,
        allow_none=True,
        metadata={
            "description": "Who stands there; null is one of the household, which then pays no more"
            " than each of its proxies may, if it has any"
        },
    )


class ProxyIn(Schema):
    name = Name(required=True, validate=validate.Length(min=1, max=30))
    phone = Digits(required=True, validate=validate.Length(max=20))
    first_on = Date(required=True)
    last_on = Date(required=True, metadata={"description": "The last day of buying"})
    day_points_max = Integer(
        required=True, strict=True, validate=validate.Range(min=1, max=POINTS_MAX)
    )


class ProxyInPersonIn(ProxyIn):
    household_id = fields.UUID(required=True)
    document = fields.Enum(
        DocumentKind,
        by_value=True,
        required=True,
        metadata={"description": "The household's, which the worker has seen"},
    )


class ProxyOut(Schema):
    id = fields.UUID(required=True)
    name = fields.String(required=True)
    phone = fields.String(required=True, metadata={"description": "Masked"})
    first_on = fields.Date(required=True)
    last_on = fields.Date(required=True)
    day_points_max = fields.Integer(required=True)
    named_at = fields.AwareDateTime(required=True)
    ended_at = fields.AwareDateTime(required=True, allow_none=True)


class OfHouseholdArgs(PageArgs):
    household_id = fields.UUID(
        load_default=None,
        metadata={"description": "For workers; without it the caller's own household"},
    )


class UsesArgs(OfHouseholdArgs):
    proxy_id = fields.UUID(
        load_default=None, metadata={"description": "Only what this proxy bought"}
    )


class CardUseOut(Schema):
    id = fields.UUID(required=True)
    used_at = fields.AwareDateTime(required=True)
    shop_name = fields.String(required=True)
    points = fields.Integer(required=True)
    state = fields.Enum(RedemptionState, by_value=True, required=True)
    redemption_id = fields.UUID(required=True)
    card_number = fields.String(required=True)
    proxy_id = fields.UUID(required=True, allow_none=True)
    proxy_name = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "Who stood there; null is one of the household"},
    )


class CardSettingsIn(Schema):
    payment_points_max = Integer(required=True, strict=True)
    day_points_max = Integer(required=True, strict=True)


CardPage = page_of(CardOut)
ProxyPage = page_of(ProxyOut)
CardUsePage = page_of(CardUseOut)
