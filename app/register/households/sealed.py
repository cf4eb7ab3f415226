"""Where its sealed values lie, for who seals them anew."""

from app.kernel.secrets import SealedColumn

SEALED = (
    SealedColumn("members", "id_number_sealed", "id_number"),
    SealedColumn("members", "phone_sealed", "phone"),
)
