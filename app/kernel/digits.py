"""Texts that nobody can guess, and digits to type of which one slip is noticed."""

import re
import secrets
import string

LENGTH = 9  # as they are typed, with the check digit
BASE62 = string.digits + string.ascii_letters
_DIGITS = re.compile(f"[0-9]{{{LENGTH}}}")


def random_text(length: int) -> str:
    """Letters and digits: 22 of them have 130 bits."""
    return "".join(secrets.choice(BASE62) for _ in range(length))


def new_digits() -> str:
    """Nine digits, whose last one fits the others."""
    body = f"{secrets.randbelow(10 ** (LENGTH - 1)):0{LENGTH - 1}}"
    return body + _check_digit(body)


def are_digits(text: str) -> bool:
    """Nine digits whose last one fits the others, so that a slip of one digit is noticed."""
    return _DIGITS.fullmatch(text) is not None and _check_digit(text[:-1]) == text[-1]


def _check_digit(digits: str) -> str:
    """The Luhn check digit: any one wrong digit and nearly every swapped pair is caught."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        doubled = int(digit) * (2 if place % 2 == 0 else 1)
        total += doubled - 9 if doubled > 9 else doubled
    return str(-total % 10)
