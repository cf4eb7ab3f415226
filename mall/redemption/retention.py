"""Payments at counters: part of the books."""

from app.kernel.retention import YEAR, Kept, deleted, plain

KEPT = (
    Kept(
        "pay_codes",
        "digests of a code",
        "paying",
        otherwise=dict.fromkeys(
            ("digest", "digits_digest"), "a day unless it paid, by a sweep of its own"
        ),
    ),
    Kept(
        "pending_payments",
        "what a shop asked for",
        "paying",
        (deleted(after="asked_at", months=YEAR, only="state <> 'waiting'"),),
    ),
    Kept("shop_codes", plain=plain("token")),
    Kept("redemptions", why="the books", plain=plain("void_reason")),
    Kept("redemption_lines", why="the books", plain=plain("name")),
)
