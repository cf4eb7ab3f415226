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
from app.ledger.errors import (
    AccountFrozen,
    FlowNotAllowed,
    HoldResolved,
    InsufficientPoints,
    ReferenceReused,
)
from app.ledger.proof import Finding, verify
from app.ledger.queries import (
    Balance,
    Bucket,
    Entry,
    balance,
    history,
    household_buckets,
    household_points,
)
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
    "Posted",
    "ReferenceReused",
    "TransferKind",
    "award_many",
    "balance",
    "custody",
    "freeze",
    "history",
    "hold",
    "household",
    "household_buckets",
    "household_points",
    "payout_in_flight",
    "post",
    "release",
    "reserve",
    "settle",
    "shop",
    "spend",
    "thaw",
    "verify",
    "village_budget",
]
