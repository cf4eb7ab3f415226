"""Where its sealed values lie, for who seals them anew."""

from app.kernel.secrets import SealedColumn
from mall.cards.proxies import PHONE

SEALED = (SealedColumn("proxies", "phone_sealed", PHONE),)
