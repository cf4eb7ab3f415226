"""The receipt of a transfer: docs/ledger.md tells how to check one."""

from marshmallow import Schema, fields


class SideOut(Schema):
    """The caller's side in clear, or the other one as a digest."""

    digest = fields.String(metadata={"description": "The other side: SHA-256 in hex, nothing else"})
    account = fields.Integer()
    kind = fields.String()
    owner = fields.String()
    expires_on = fields.String(allow_none=True)
    entry = fields.Integer(metadata={"description": "Its number on the account, from 1"})
    balance_after = fields.Integer()
    head = fields.String(metadata={"description": "Of the account's hash chain, in hex"})


class ReceiptTransferOut(Schema):
    county_id = fields.Integer(required=True)
    id = fields.String(required=True)
    kind = fields.String(required=True)
    reference = fields.String(required=True)
    amount = fields.Integer(required=True)
    posted_at = fields.String(required=True, metadata={"description": "UTC, with microseconds"})
    hold_id = fields.String(required=True, allow_none=True)
    debit = fields.Nested(SideOut, required=True)
    credit = fields.Nested(SideOut, required=True)


class SealOut(Schema):
    statement = fields.String(required=True, metadata={"description": "The text that is signed"})
    signature = fields.String(required=True, metadata={"description": "Ed25519, base64"})


class ReceiptOut(Schema):
    format = fields.String(required=True)
    transfer = fields.Nested(ReceiptTransferOut, required=True)
    leaf_index = fields.Integer(required=True)
    path = fields.List(fields.String(), required=True, metadata={"description": "From the leaf up"})
    seal = fields.Nested(SealOut, required=True)
