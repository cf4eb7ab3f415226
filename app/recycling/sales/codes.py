"""The digits that a seller reads out when a sale is to be taken back at once.

They follow from the sale and a key of ours, so no row keeps them; only the household's phone is
shown them, and wrong ones are counted for who types them.
"""

import hmac
from uuid import UUID

from app.kernel.secrets import vault
from app.kernel.tries import Brake
from app.recycling.sales.errors import CodeUnavailable, TooManyWrongCodes

DIGITS_LENGTH = 6
TRIES = Brake("sale_code", 5, TooManyWrongCodes, CodeUnavailable)


def digits(county_id: int, sale_id: UUID) -> str:
    """The code of a sale."""
    secret = vault().digest(f"{county_id}:{sale_id}", "sale_code")
    return f"{int.from_bytes(secret[:8], 'big') % 10**DIGITS_LENGTH:0{DIGITS_LENGTH}}"


def are_of(county_id: int, sale_id: UUID, typed: str) -> bool:
    """Whether the digits that were typed are the sale's."""
    return hmac.compare_digest(digits(county_id, sale_id).encode(), typed.encode())
