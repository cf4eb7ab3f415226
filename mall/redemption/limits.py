"""How often a shop may type digits that do not pay.

Eight digits can be guessed by trying, so the tries are counted, for each shop. The count is in
Redis: it is a brake, not a fact. A scanned code needs no brake and never asks Redis, so that a
Redis that is away stops the typing of digits only, never an honest scan.
"""

from uuid import UUID

from app.kernel.tries import NobodyCounts, count
from mall.redemption.errors import DigitsUnavailable, TooManyWrongDigits

FAILED_TRIES_MAX = 5
WINDOW_SECONDS = 60


def count_try(shop_id: UUID) -> None:
    """Count a try before it is made, and take it back once it has paid.

    Counting first keeps many tries at the same moment from slipping through. Call it before
    anything is locked.

    Raises:
        TooManyWrongDigits: five tries at this shop within a minute did not pay.
        DigitsUnavailable: nobody can count now; scanning still works.
    """
    try:
        tries = count(f"pay_code:failed_tries:{shop_id}", WINDOW_SECONDS)
    except NobodyCounts:
        raise DigitsUnavailable() from None
    if tries > FAILED_TRIES_MAX:
        raise TooManyWrongDigits()
