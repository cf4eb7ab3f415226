"""The ledger: every amount that can be spent passes through here, and only here.

Other packages use the names below and nothing else of this package. ``docs/ledger.md`` explains
accounts, flows and what always holds.
"""

from app.ledger.accounts import (
    Account,
    AccountKind,
    TransferKind,
    custody,
    household,
    payout_in_flight,
    reserve,
    shop,
    village_budget,
)
from app.ledger.chains import entries_to_hash
from app.ledger.errors import (
    AccountFrozen,
    FlowNotAllowed,
    HoldResolved,
    InsufficientPoints,
    NotSealedYet,
    ReferenceReused,
    SealBroken,
    TransferNotFound,
)
from app.ledger.findings import Finding, Proof
from app.ledger.proof import verify
from app.ledger.queries import (
    Balance,
    Bucket,
    Entry,
    balance,
    history,
    household_buckets,
    household_points,
    months_ahead,
)
from app.ledger.seals import receipt
from app.ledger.service import (
    BATCH_MAX,
    Award,
    Batch,
    Held,
    Posted,
    award_many,
    freeze,
    hold,
    post,
    release,
    settle,
    spend,
    thaw,
)

__all__ = [
    "BATCH_MAX",
    "Account",
    "AccountFrozen",
    "AccountKind",
    "Award",
    "Balance",
    "Batch",
    "Bucket",
    "Entry",
    "Finding",
    "FlowNotAllowed",
    "Held",
    "HoldResolved",
    "InsufficientPoints",
    "NotSealedYet",
    "Posted",
    "Proof",
    "ReferenceReused",
    "SealBroken",
    "TransferKind",
    "TransferNotFound",
    "award_many",
    "balance",
    "custody",
    "entries_to_hash",
    "freeze",
    "history",
    "hold",
    "household",
    "household_buckets",
    "household_points",
    "months_ahead",
    "payout_in_flight",
    "post",
    "receipt",
    "release",
    "reserve",
    "settle",
    "shop",
    "spend",
    "thaw",
    "verify",
    "village_budget",
]
