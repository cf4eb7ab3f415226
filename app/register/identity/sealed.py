"""Where its sealed values lie, for who seals them anew."""

from app.kernel.secrets import SealedColumn

SEALED = (SealedColumn("users", "phone_sealed", "phone"),)
