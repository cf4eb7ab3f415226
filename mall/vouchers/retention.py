"""Vouchers of platforms outside."""

from app.kernel.retention import BYTES_GONE, TEXT_GONE, YEAR, Kept, plain, replaced

KEPT = (
    Kept("voucher_platforms", plain=plain("name")),
    Kept("voucher_kinds", plain=plain("name", "value", "terms")),
    Kept("voucher_prices"),
    Kept("voucher_batches", plain=plain("sha256")),
    Kept(
        "voucher_codes",
        "a code that is worth something",
        "claims",
        (replaced({"sealed": BYTES_GONE}, after="last_on", months=YEAR),),
        plain=plain("code_index", "tail"),
    ),
    Kept("voucher_purchases", why="the books"),
    Kept("voucher_viewings", why="claims"),
    Kept(
        "voucher_claims",
        "what a household said",
        "claims",
        (
            replaced({"reason": TEXT_GONE}, after="decided_at", months=YEAR),
            replaced({"note": TEXT_GONE}, after="decided_at", months=YEAR),
        ),
    ),
)
