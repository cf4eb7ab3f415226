"""Merchants and who wanted to be one."""

from app.kernel.retention import BYTES_GONE, TEXT_GONE, YEAR, Gone, Kept, plain, replaced

WHILE_MERCHANT = "while the merchant is one, and ten years"
NOBODY: dict[str, Gone] = {
    "payee_name": TEXT_GONE,
    "payee_account_sealed": BYTES_GONE,
    "payee_account_tail": "",
    "payee_bank": TEXT_GONE,
    "contact_phone_sealed": BYTES_GONE,
}

KEPT = (
    Kept(
        "merchants",
        "payee, phone",
        "paying them",
        plain=plain("name", "licence_number"),
        otherwise=dict.fromkeys(
            (
                "payee_name",
                "payee_account_sealed",
                "payee_account_tail",
                "payee_bank",
                "contact_phone_sealed",
            ),
            WHILE_MERCHANT,
        ),
    ),
    Kept(
        "merchant_applications",
        "payee, phone",
        "to be decided about; as long as the merchant's",
        (replaced(NOBODY, after="decided_at", months=YEAR, only="state = 'rejected'"),),
        plain=plain("name", "licence_number"),
        otherwise={"reason": WHILE_MERCHANT},
    ),
    Kept("merchant_visits", plain=plain("licence_number", "photo_sha256")),
    Kept("shops", plain=plain("name", "address")),
    Kept("shop_hours"),
    Kept("shop_closed_days"),
)
