"""Where its sealed values lie, for who seals them anew."""

from app.kernel.secrets import SealedColumn
from app.register.identity.staff.factors import PURPOSE

SEALED = (SealedColumn("staff_factors", "secret_sealed", PURPOSE, bound_to="user_id"),)
