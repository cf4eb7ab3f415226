"""Bodies of merchants. The payee's account number comes in and never goes out."""

from flask_smorest.fields import Upload
from marshmallow import Schema, ValidationError, fields, validate

from app.web.fields import Capitals, Digits, Lines, Name, Whole
from app.web.paging import CountedArgs, counted_page_of
from mall.merchants.applications import masked_contact_phone
from mall.merchants.licences import is_licence_number
from mall.merchants.models import ApplicationState, MerchantState

_NAME = validate.Length(min=1, max=60)
_ACCOUNT = Whole(r"^[0-9]{8,32}$", error="银行账号只能是 8 到 32 位数字")


_PHONE = Whole(r"^1[3-9][0-9]{9}$", error="手机号应为 11 位")


def _licence_number(number: str) -> None:
    if not is_licence_number(number):
        raise ValidationError("统一社会信用代码不对，请对照营业执照逐位检查")


class PayeeIn(Schema):
    payee_name = Name(
        required=True, validate=_NAME, metadata={"description": "As the bank knows the holder"}
    )
    payee_account = Digits(required=True, validate=_ACCOUNT)
    payee_bank = Name(required=True, validate=_NAME)


class MerchantIn(PayeeIn):
    name = Name(required=True, validate=_NAME)
    licence_number = Capitals(
        required=True,
        validate=_licence_number,
        metadata={"description": "统一社会信用代码: 18 characters, the last one checks the others"},
    )


class ApplicationIn(MerchantIn):
    contact_phone = Digits(required=True, validate=_PHONE)


class ApplicationsArgs(CountedArgs):
    state = fields.Enum(ApplicationState, by_value=True, load_default=None)


class RejectionIn(Schema):
    reason = Lines(
        required=True,
        validate=validate.Length(min=2, max=200),
        metadata={"description": "What to put right, for the applicant to read"},
    )


class ApplicationOut(Schema):
    id = fields.UUID(required=True)
    name = fields.String(required=True)
    licence_number = fields.String(required=True)
    contact_phone = fields.Function(
        masked_contact_phone,
        required=True,
        metadata={"type": "string", "description": "Masked"},
    )
    payee_name = fields.String(required=True)
    payee_account_tail = fields.String(
        required=True, metadata={"description": "The last four digits"}
    )
    payee_bank = fields.String(required=True)
    state = fields.Enum(ApplicationState, by_value=True, required=True)
    applied_at = fields.AwareDateTime(required=True, attribute="proposed_at")
    decided_at = fields.AwareDateTime(required=True, allow_none=True)
    reason = fields.String(required=True, allow_none=True)
    merchant_id = fields.UUID(required=True, allow_none=True)


class ContactPhoneOut(Schema):
    contact_phone = fields.String(required=True, metadata={"description": "To call; kept who read"})


class PayeeVerificationIn(Schema):
    payee_account = Digits(
        required=True,
        validate=_ACCOUNT,
        metadata={"description": "Typed again from the paper, by a second person"},
    )


class MerchantsArgs(CountedArgs):
    state = fields.Enum(MerchantState, by_value=True, load_default=None)


class MerchantOut(Schema):
    id = fields.UUID(required=True)
    name = fields.String(required=True)
    licence_number = fields.String(required=True)
    state = fields.Enum(MerchantState, by_value=True, required=True)
    payee_name = fields.String(required=True)
    payee_account_tail = fields.String(
        required=True, metadata={"description": "The last four digits"}
    )
    payee_bank = fields.String(required=True)
    is_payee_verified = fields.Boolean(required=True)
    frozen_until = fields.AwareDateTime(
        required=True,
        allow_none=True,
        metadata={"description": "No cash-out before, because the account was changed"},
    )


class StaffIn(Schema):
    phone = Digits(
        required=True,
        validate=_PHONE,
        metadata={"description": "Whoever proves this phone to WeChat has the role"},
    )
    name = Name(required=True, validate=validate.Length(min=1, max=30))
    id_number = Capitals(
        required=True,
        validate=validate.Length(equal=18),
        metadata={"description": "As on the document that the caller has seen"},
    )


class OwnerIn(StaffIn):
    is_owner_away = fields.Boolean(
        load_default=False,
        metadata={"description": "Nobody can answer: another administrator, and three days"},
    )


class StaffOut(Schema):
    user_id = fields.UUID(required=True)
    role = fields.String(required=True)
    place_id = fields.UUID(required=True)
    granted_at = fields.AwareDateTime(required=True)


MerchantPage = counted_page_of(MerchantOut)
ApplicationPage = counted_page_of(ApplicationOut)


class ClerkOut(Schema):
    user_id = fields.UUID(required=True)
    name = fields.String(required=True, allow_none=True)
    phone = fields.String(required=True, allow_none=True, metadata={"description": "Masked"})
    granted_at = fields.AwareDateTime(required=True)


class ClerkListOut(Schema):
    items = fields.List(fields.Nested(ClerkOut), required=True)


class MerchantVisitPhotoIn(Schema):
    photo = Upload(required=True, metadata={"description": "The shop front, at most 10 MB"})


class MerchantVisitPlaceIn(Schema):
    licence_number = Capitals(
        required=True,
        validate=_licence_number,
        metadata={"description": "From the licence on the wall"},
    )
    latitude = fields.Float(required=True, validate=validate.Range(-90, 90))
    longitude = fields.Float(required=True, validate=validate.Range(-180, 180))


class MerchantVisitsArgs(Schema):
    licence_number = Capitals(required=True, validate=_licence_number)


class MerchantVisitOut(Schema):
    id = fields.UUID(required=True)
    licence_number = fields.String(required=True)
    latitude = fields.Float(required=True, metadata={"description": "Where the phone was"})
    longitude = fields.Float(required=True)
    seen_by = fields.UUID(required=True, attribute="checked_by")
    seen_at = fields.AwareDateTime(required=True, attribute="checked_at")


class MerchantVisitListOut(Schema):
    items = fields.List(fields.Nested(MerchantVisitOut), required=True)
