"""Where its sealed values lie, for who seals them anew."""

from app.kernel.secrets import SealedColumn
from app.outside.bank.desk.batches import FILE_PURPOSE
from app.outside.bank.desk.gateway import PAYEE_PURPOSE

SEALED = (
    SealedColumn("bank_batches", "file_sealed", FILE_PURPOSE),
    SealedColumn(
        "bank_orders", "payee_sealed", PAYEE_PURPOSE, bound_to="payment_id", may_be_unbound=True
    ),
)
