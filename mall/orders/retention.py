"""Orders: trade has its own years (e-commerce law, article 31)."""

from app.kernel.retention import YEAR, Kept, emptied, plain

KEPT = (
    Kept(
        "orders",
        "who received it",
        "trade: three years",
        (
            emptied("received_by", after="ended_at", months=3 * YEAR),
            emptied("code_digest", after="ended_at", months=YEAR),
        ),
        plain=plain("reason"),
    ),
    Kept(
        "order_lines", why="the books", plain=plain("name", "unit", "campaign_name", "funder_name")
    ),
    Kept("order_refunds", why="the books", plain=plain("reason")),
)
