"""Where its sealed values lie, for who seals them anew."""

from app.kernel.secrets import SealedColumn
from mall.merchants.accounts import PURPOSE

SEALED = (
    SealedColumn(
        "cash_outs",
        "payee_account_sealed",
        PURPOSE,
        bound_to="merchant_id",
        may_be_unbound=True,
    ),
)
