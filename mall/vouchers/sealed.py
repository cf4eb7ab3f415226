"""Where its sealed values lie, for who seals them anew."""

from app.kernel.secrets import SealedColumn
from mall.vouchers.secrets import PURPOSE

SEALED = (SealedColumn("voucher_codes", "sealed", PURPOSE, bound_to="id"),)
