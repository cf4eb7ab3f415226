"""Bodies of the books."""

from datetime import timedelta
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from app.points import ledger
from app.web.fields import Integer, Token
from app.web.paging import LIMIT_MAX, DaysArgs, PageArgs

_FEN = {"description": "In fen"}
DAYS_MAX = 92


class MoneyPartOut(Schema):
    kind = fields.Enum(ledger.AccountKind, by_value=True, required=True)
    words = fields.String(required=True)
    amount_fen = fields.Integer(required=True)
    held_fen = fields.Integer(required=True, metadata={"description": "Of it, reserved"})
    accounts = fields.Integer(required=True)


class DayOfMoneyOut(Schema):
    on = fields.Date(required=True)
    issued_fen = fields.Integer(required=True, metadata={"description": "Awards and sales"})
    spent_fen = fields.Integer(
        required=True, metadata={"description": "At shops, less what went back on the day"}
    )
    cashed_fen = fields.Integer(required=True, metadata={"description": "Paid out to shops"})
    expired_fen = fields.Integer(required=True)
    funded_fen = fields.Integer(required=True)
    allotted_fen = fields.Integer(required=True)


class LedgerSealOut(Schema):
    number = fields.Integer(required=True)
    transfers = fields.Integer(required=True)
    sealed_at = fields.AwareDateTime(required=True)
    root = fields.String(required=True, metadata={"description": "Hex"})
    previous = fields.String(required=True, metadata={"description": "Digest of the one before"})
    key_id = fields.String(required=True)


class SummaryOut(Schema):
    at = fields.AwareDateTime(required=True)
    custody_fen = fields.Integer(
        required=True, metadata={"description": "In the county's account at the bank, by our books"}
    )
    parts = fields.List(
        fields.Nested(MoneyPartOut), required=True, metadata={"description": "Who owns it"}
    )
    is_balanced = fields.Boolean(
        required=True, metadata={"description": "Custody is the sum of its owners"}
    )
    today = fields.Nested(DayOfMoneyOut, required=True)
    seal = fields.Nested(LedgerSealOut, required=True, allow_none=True)


class FlowsArgs(DaysArgs):
    format = Token(load_default="json", validate=validate.OneOf(["json", "xlsx"]))

    @validates_schema
    def _not_too_long(self, args: dict[str, Any], **_: Any) -> None:
        first, last = args["from_on"], args["to_on"]
        if first and (last is None or last - first > timedelta(days=DAYS_MAX - 1)):
            raise ValidationError(f"一次最多看 {DAYS_MAX} 天，请写明结束日期", "to_on")


class FlowsOut(Schema):
    items = fields.List(fields.Nested(DayOfMoneyOut), required=True)


class AccountsArgs(Schema):
    kind = fields.Enum(ledger.AccountKind, by_value=True, load_default=None)
    owner = fields.UUID(
        load_default=None, metadata={"description": "A household, shop, village, …"}
    )
    after = Integer(
        load_default=0,
        validate=validate.Range(min=0, max=2**62),
        metadata={"description": "`next` of the page before"},
    )
    limit = Integer(load_default=20, validate=validate.Range(min=1, max=LIMIT_MAX))


class AccountOut(Schema):
    id = fields.Integer(required=True)
    kind = fields.Enum(ledger.AccountKind, by_value=True, required=True)
    owner = fields.UUID(required=True, allow_none=True)
    name = fields.String(
        required=True, allow_none=True, metadata={"description": "Heads are masked"}
    )
    expires_on = fields.Date(required=True, allow_none=True)
    posted = fields.Integer(required=True, metadata=_FEN)
    held = fields.Integer(required=True, metadata=_FEN)
    entries = fields.Integer(required=True, metadata={"description": "Transfers so far"})
    is_frozen = fields.Boolean(required=True)


class AccountListOut(Schema):
    items = fields.List(fields.Nested(AccountOut), required=True)
    next = fields.Integer(required=True, allow_none=True)


class TransfersArgs(PageArgs, DaysArgs):
    kind = fields.Enum(ledger.TransferKind, by_value=True, load_default=None)
    account_id = Integer(load_default=None, validate=validate.Range(min=1, max=2**62))


class LedgerSideOut(Schema):
    account_id = fields.Integer(required=True)
    kind = fields.Enum(ledger.AccountKind, by_value=True, required=True)
    owner = fields.UUID(required=True, allow_none=True)
    name = fields.String(required=True, allow_none=True)
    after = fields.Integer(required=True, metadata={"description": "The balance after it"})


class TransferOut(Schema):
    id = fields.UUID(required=True)
    kind = fields.Enum(ledger.TransferKind, by_value=True, required=True)
    reference = fields.String(
        required=True, metadata={"description": "The row that decided it: `award:<id>`"}
    )
    amount = fields.Integer(required=True, metadata=_FEN)
    decided_at = fields.AwareDateTime(required=True)
    posted_at = fields.AwareDateTime(required=True)
    debit = fields.Nested(LedgerSideOut, required=True)
    credit = fields.Nested(LedgerSideOut, required=True)
    seal_number = fields.Integer(
        required=True, allow_none=True, metadata={"description": "Null: not sealed yet"}
    )


class TransferListOut(Schema):
    items = fields.List(fields.Nested(TransferOut), required=True)
    next = fields.UUID(required=True, allow_none=True)


class SealsArgs(Schema):
    before = Integer(
        load_default=None,
        validate=validate.Range(min=1, max=2**62),
        metadata={"description": "`next` of the page before"},
    )
    limit = Integer(load_default=20, validate=validate.Range(min=1, max=LIMIT_MAX))


class LedgerSealListOut(Schema):
    items = fields.List(fields.Nested(LedgerSealOut), required=True)
    next = fields.Integer(required=True, allow_none=True)
