"""Six digits that somebody old can remember, and how they are kept.

A million PINs are tried in an hour by whoever has the database, however slow the hash. So the PIN
is first mixed with a key that is not in the database (the one of blind indexes, which never
changes), and then hashed slowly with a salt of its own card.
"""

import hashlib
import hmac
import os
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from app.kernel.db import db
from app.kernel.secrets import vault
from app.register.cards.errors import PinTooSimple
from app.register.cards.models import Card
from app.register.households.models import Member

SALT_BYTES = 16
PURPOSE = "cards.pin"
# 32 MB and less than a tenth of a second.
_COST, _BLOCK, _MEMORY = 2**15, 8, 64 << 20
_RUN = "01234567890"


@dataclass(frozen=True)
class KeptPin:
    """A PIN as it is kept."""

    salt: bytes
    hash: bytes


def kept_pin(household_id: UUID, pin: str) -> KeptPin:
    """A PIN that a household has chosen, ready to be kept.

    Raises:
        PinTooSimple: it is a run, one digit, or a birthday or phone number of the household.
    """
    if _is_plain(pin) or pin in set(_known_digits(household_id)):
        raise PinTooSimple()
    salt = os.urandom(SALT_BYTES)
    return KeptPin(salt, _hash(pin, salt))


def set_pin(card: Card, pin: KeptPin) -> None:
    """Give the card this PIN; earlier ones and wrong tries are forgotten."""
    card.pin_salt, card.pin_hash, card.wrong_pins = pin.salt, pin.hash, 0


def is_right(card: Card, pin: str) -> bool:
    """Whether the PIN is that of the card, which has one."""
    assert card.pin_salt is not None, "a card that may pay has a PIN"
    assert card.pin_hash is not None, "a card that may pay has a PIN"
    return hmac.compare_digest(_hash(pin, card.pin_salt), card.pin_hash)


def forget_wrong_ones(card: Card) -> None:
    """A right PIN begins the count anew."""
    card.wrong_pins = 0


def _hash(pin: str, salt: bytes) -> bytes:
    peppered = vault().index(pin, PURPOSE)
    return hashlib.scrypt(peppered, salt=salt, n=_COST, r=_BLOCK, p=1, maxmem=_MEMORY)


def _is_plain(pin: str) -> bool:
    """One digit, a pair or three of them repeated, or a run up or down."""
    repeats = pin == pin[:1] * 6 or pin == pin[:2] * 3 or pin == pin[:3] * 2
    return repeats or pin in _RUN or pin[::-1] in _RUN


def _known_digits(household_id: UUID) -> Iterable[str]:
    """What a neighbour would try first: parts of birthdays, the ends of numbers."""
    members = db.session.scalars(select(Member).where(Member.household_id == household_id))
    for member in members:
        if member.id_number_sealed is not None:
            id_number = vault().unseal(member.id_number_sealed, "id_number")
            # A foreigner's older number has no century in it.
            birthday = id_number[6:14] if len(id_number) == 18 else f"19{id_number[7:13]}"
            yield from (birthday[:6], birthday[2:], birthday[4:] + birthday[2:4], id_number[-6:])
        if member.phone_sealed is not None:
            yield vault().unseal(member.phone_sealed, "phone")[-6:]
