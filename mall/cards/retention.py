"""Payments with cards, and who carries one for a household."""

from app.kernel.retention import BYTES_GONE, TEXT_GONE, YEAR, Gone, Kept, replaced

NOBODY: dict[str, Gone] = {"name": TEXT_GONE, "phone_sealed": BYTES_GONE, "phone_index": BYTES_GONE}

KEPT = (
    Kept(
        "proxies",
        "name, phone",
        "paying for a household",
        (
            replaced(NOBODY, after="ended_at", months=YEAR),
            replaced(NOBODY, after="last_on", months=YEAR),
        ),
    ),
    Kept("card_uses", why="the books"),
)
