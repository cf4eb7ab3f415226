"""Money to and from the bank, as long as accounts are kept."""

from app.kernel.retention import BOOKS, BYTES_GONE, TEXT_GONE, Kept, plain, replaced

KEPT = (
    Kept("allotments", why="the books"),
    Kept(
        "cash_outs",
        "the payee",
        "the books",
        (
            replaced(
                {
                    "payee_name": TEXT_GONE,
                    "payee_account_sealed": BYTES_GONE,
                    "payee_account_tail": "",
                    "payee_bank": TEXT_GONE,
                },
                after="asked_at",
                months=BOOKS,
            ),
        ),
        plain=plain("reason", "bank_reference"),
    ),
    Kept("bank_statements", plain=plain("file_digest")),
    Kept(
        "statement_entries",
        "who paid or was paid",
        "the books",
        (
            replaced(
                {"counterparty_name": TEXT_GONE, "purpose": TEXT_GONE},
                after="received_at",
                months=BOOKS,
            ),
        ),
        plain=plain("bank_reference", "line_digest", "payment_id"),
    ),
    Kept("changed_lines", plain=plain("bank_reference", "line_digest")),
    Kept(
        "custody_accounts",
        plain=plain("account_index", "account_tail", "proposed_index", "proposed_tail"),
    ),
    Kept("day_closings", why="the books", plain=plain("notes")),
)
