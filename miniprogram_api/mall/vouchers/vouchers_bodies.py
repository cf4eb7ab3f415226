"""Bodies of vouchers: for sale, bought, claimed, and what is left of them."""

from flask_smorest.fields import Upload
from marshmallow import Schema, fields, validate

from app.web.fields import Date, Integer, Lines, Name, Token, Words
from app.web.paging import CountedArgs, counted_page_of, page_of
from mall.vouchers.models import ClaimState, KindState, Outcome, PurchaseState
from miniprogram_api.register.rosters_bodies import ProblemOut

PRICE_MAX = 2_000_000  # fen: 20,000 yuan


class VoucherOnSaleOut(Schema):
    id = fields.UUID(required=True, attribute="kind.id")
    name = fields.String(required=True, attribute="kind.name")
    value = fields.String(required=True, attribute="kind.value")
    terms = fields.String(required=True, attribute="kind.terms")
    platform_name = fields.String(required=True)
    market_price_fen = fields.Integer(required=True, attribute="kind.market_price_fen")
    points_price = fields.Integer(required=True, attribute="kind.points_price")
    month_limit = fields.Integer(
        required=True,
        allow_none=True,
        attribute="kind.month_limit",
        metadata={"description": "Of a household; null: no limit"},
    )
    left = fields.Integer(required=True)
    left_words = fields.String(required=True, metadata={"description": "还有 N 张, or 售罄"})


VoucherOnSalePage = page_of(VoucherOnSaleOut)


class VoucherPurchaseIn(Schema):
    kind_id = fields.UUID(required=True)
    points = Integer(
        required=True,
        strict=True,
        validate=validate.Range(1, PRICE_MAX),
        metadata={"description": "What the buyer was told it costs"},
    )


class VoucherPurchaseOut(Schema):
    """The code itself is never in it."""

    id = fields.UUID(required=True)
    kind_id = fields.UUID(required=True)
    name = fields.String(required=True)
    value = fields.String(required=True)
    terms = fields.String(required=True)
    platform_name = fields.String(required=True)
    points = fields.Integer(required=True)
    market_price_fen = fields.Integer(required=True)
    state = fields.Enum(PurchaseState, by_value=True, required=True)
    bought_at = fields.AwareDateTime(required=True)
    refunded_at = fields.AwareDateTime(required=True, allow_none=True)
    used_at = fields.AwareDateTime(
        required=True, allow_none=True, metadata={"description": "The household's own note"}
    )
    last_on = fields.Date(required=True, metadata={"description": "The last day of the code"})
    claim_state = fields.Enum(ClaimState, by_value=True, required=True, allow_none=True)
    claim_outcome = fields.Method("decided_outcome", required=True, allow_none=True)
    claim_note = fields.Method("decided_note", required=True, allow_none=True)

    def decided_outcome(self, bought: object) -> str | None:
        return self._once_decided(bought, "claim_outcome")

    def decided_note(self, bought: object) -> str | None:
        return self._once_decided(bought, "claim_note")

    @staticmethod
    def _once_decided(bought: object, name: str) -> str | None:
        """What one person proposes is not the household's to read before another agrees."""
        is_decided = getattr(bought, "claim_state", None) is ClaimState.DECIDED
        return getattr(bought, name) if is_decided else None


class VoucherCodeOut(Schema):
    code = fields.String(required=True)


class VoucherClaimIn(Schema):
    reason = Lines(
        required=True,
        validate=validate.Length(2, 200),
        metadata={"description": "What happened when it was tried"},
    )


VoucherPurchasePage = page_of(VoucherPurchaseOut)


class VoucherPlatformIn(Schema):
    shop_id = fields.UUID(
        required=True, metadata={"description": "Of kind `mall`: its merchant is paid"}
    )
    name = Name(required=True, validate=validate.Length(2, 40))


class VoucherPlatformOut(Schema):
    id = fields.UUID(required=True)
    merchant_id = fields.UUID(required=True)
    shop_id = fields.UUID(required=True)
    name = fields.String(required=True)


VoucherPlatformPage = page_of(VoucherPlatformOut)


class VoucherFactsIn(Schema):
    name = Words(required=True, validate=validate.Length(2, 40))
    value = Words(
        required=True,
        validate=validate.Length(1, 60),
        metadata={"description": "What it is good for: 满 20 元可抵 20 元"},
    )
    market_price_fen = Integer(required=True, strict=True, validate=validate.Range(1, PRICE_MAX))
    points_price = Integer(
        required=True,
        strict=True,
        validate=validate.Range(1, PRICE_MAX),
        metadata={"description": "What a household pays and the merchant is paid"},
    )
    last_on = Date(
        required=True, metadata={"description": "Last day of codes whose file names none"}
    )
    terms = Lines(load_default="", validate=validate.Length(max=500))
    month_limit = Integer(
        load_default=None, allow_none=True, strict=True, validate=validate.Range(1, 1000)
    )
    buyer_region_ids = fields.List(
        fields.UUID(),
        load_default=(),
        validate=validate.Length(max=100),
        metadata={"description": "Whose residents may buy it; empty: the whole county's"},
    )
    low_mark = Integer(
        load_default=0,
        strict=True,
        validate=validate.Range(0, 100_000),
        metadata={"description": "The county is told when fewer are left; 0: never"},
    )


class VoucherKindIn(VoucherFactsIn):
    platform_id = fields.UUID(required=True)


class VoucherBatchFileIn(Schema):
    file = Upload(
        required=True,
        metadata={"description": "An .xlsx or CSV with 券码 and 最后可用日, at most 10,000 codes"},
    )


class VoucherBatchFormIn(Schema):
    dry_run = fields.Boolean(
        load_default=False, metadata={"description": "List the problems and change nothing"}
    )


class VoucherImportOut(Schema):
    is_dry_run = fields.Boolean(required=True)
    is_repeat = fields.Boolean(
        required=True, metadata={"description": "Imported before: nothing was changed"}
    )
    batch_id = fields.UUID(required=True, allow_none=True)
    count = fields.Integer(required=True)
    sha256 = fields.String(required=True, metadata={"description": "Of the file, in hex"})
    problem_count = fields.Integer(required=True)
    problems = fields.List(
        fields.Nested(ProblemOut),
        required=True,
        metadata={"description": "The first 500, by row; no code is in them"},
    )
    proposal_id = fields.UUID(
        required=True,
        allow_none=True,
        metadata={"description": "To sell them: another person agrees. Null: nothing waits"},
    )


class VoucherBatchOut(Schema):
    id = fields.UUID(required=True)
    count = fields.Integer(required=True)
    sha256 = fields.Function(lambda batch: batch.sha256.hex(), metadata={"type": "string"})
    imported_by = fields.UUID(required=True, metadata={"description": "A user"})
    imported_at = fields.AwareDateTime(required=True)


VoucherBatchPage = page_of(VoucherBatchOut)


class VoucherStockOut(Schema):
    id = fields.UUID(required=True, metadata={"description": "Of the kind"})
    name = fields.String(required=True)
    platform_name = fields.String(required=True)
    state = fields.Enum(KindState, by_value=True, required=True)
    points_price = fields.Integer(required=True)
    imported = fields.Integer(required=True, metadata={"description": "The sum of the next five"})
    waiting = fields.Integer(
        required=True, metadata={"description": "Of batches to which nobody else has agreed yet"}
    )
    sold = fields.Integer(required=True)
    faulty = fields.Integer(required=True)
    expired = fields.Integer(required=True)
    left = fields.Integer(required=True)
    left_fen = fields.Integer(required=True, metadata={"description": "At the points price"})
    low_mark = fields.Integer(required=True)
    is_low = fields.Boolean(required=True)


VoucherStockPage = page_of(VoucherStockOut)


class VoucherSalesArgs(Schema):
    from_on = Date(required=True, data_key="from", metadata={"description": "First day"})
    to_on = Date(required=True, data_key="to", metadata={"description": "Last day, included"})


class VoucherProposalIn(Schema):
    outcome = fields.Enum(Outcome, by_value=True, required=True)
    note = Lines(
        required=True,
        validate=validate.Length(2, 200),
        metadata={"description": "Why, in plain Chinese: the household reads it once decided"},
    )


class VoucherConfirmationIn(Schema):
    digest = Token(
        required=True,
        validate=validate.Length(equal=64),
        metadata={"description": "Of the proposal as the confirmer has read it"},
    )


class VoucherClaimsArgs(CountedArgs):
    state = fields.Enum(ClaimState, by_value=True, load_default=None)


class VoucherClaimOut(Schema):
    """As staff read it: a code by its tail and its place in the platform's own file."""

    id = fields.UUID(required=True)
    purchase_id = fields.UUID(required=True, attribute="claim.purchase_id")
    kind_name = fields.String(required=True)
    platform_name = fields.String(required=True)
    tail = fields.String(required=True)
    batch_id = fields.UUID(required=True)
    row_number = fields.Integer(required=True)
    points = fields.Integer(required=True)
    bought_at = fields.AwareDateTime(required=True)
    viewings = fields.Integer(
        required=True, metadata={"description": "How often the household looked at the code"}
    )
    reason = fields.String(required=True, attribute="claim.reason")
    claimed_at = fields.AwareDateTime(required=True, attribute="claim.claimed_at")
    state = fields.Enum(ClaimState, by_value=True, required=True, attribute="claim.state")
    digest = fields.String(
        required=True,
        attribute="claim.digest",
        metadata={"description": "Names what is proposed; a confirmation repeats it"},
    )
    outcome = fields.Enum(
        Outcome, by_value=True, required=True, allow_none=True, attribute="claim.outcome"
    )
    note = fields.String(required=True, allow_none=True, attribute="claim.note")
    proposed_at = fields.AwareDateTime(
        required=True, allow_none=True, attribute="claim.proposed_at"
    )
    decided_at = fields.AwareDateTime(required=True, allow_none=True, attribute="claim.decided_at")


VoucherClaimPage = counted_page_of(VoucherClaimOut)
