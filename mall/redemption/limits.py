"""How often a shop may type digits that do not pay.

Eight digits can be guessed by trying, so the tries are counted, for each shop. A scanned code needs
no brake and asks nobody, so that a Valkey that is away stops the typing of digits only, never an
honest scan.
"""

from app.kernel.tries import Brake
from mall.redemption.errors import (
    DigitsUnavailable,
    TooManyWrongDigits,
    TooManyWrongVoidCodes,
    VoidCodeUnavailable,
)

DIGITS = Brake("pay_code", 5, TooManyWrongDigits, DigitsUnavailable)
VOID_CODE = "redemption_void_code"
VOID_CODES = Brake(VOID_CODE, 5, TooManyWrongVoidCodes, VoidCodeUnavailable)
