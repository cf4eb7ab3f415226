"""Payment files: who was paid, as long as accounts are kept."""

from app.kernel.retention import BOOKS, BYTES_GONE, Kept, plain, replaced

KEPT = (
    Kept(
        "bank_batches",
        "a payment file",
        "the books",
        (replaced({"file_sealed": BYTES_GONE}, after="made_at", months=BOOKS),),
        plain=plain("file_name", "file_digest"),
    ),
    Kept(
        "bank_orders",
        "the payee's account",
        "the books",
        (replaced({"payee_sealed": BYTES_GONE}, after="taken_at", months=BOOKS),),
        plain=plain("payment_id", "content_digest", "reason", "bank_reference"),
    ),
    Kept("bank_result_files", plain=plain("file_digest", "problems")),
)
