"""Encryption of personal data, blind indexes to find it by, and digests of codes and tokens.

A sealed value is ``key id ‖ 0x00 ‖ nonce (12 bytes) ‖ AES-256-GCM ciphertext``. The purpose
(``members.phone``) is authenticated with it, so that a value moved to another column does not
open. A blind index is HMAC-SHA256 of the normalised value under a key of its own: equal values
have equal indexes, and without the key nobody can try all eleven-digit numbers.
"""

import base64
import hmac
import os
from collections.abc import Callable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from flask import Flask, current_app

NONCE_BYTES = 12


class Sealed(Exception):
    """A sealed value cannot be opened: its key is missing or it was altered."""


@dataclass(frozen=True)
class SealedColumn:
    """A column of sealed values, which the domain names in its ``sealed.py``.

    ``purpose`` is the whole of it, or is followed by ``:`` and what the row has in ``bound_to``.
    Where values were not bound to their row once, ``may_be_unbound``. ``told`` is called with the
    keys of rows whose value was sealed anew, before the commit, where somebody keeps its digest.
    """

    table: str
    column: str
    purpose: str
    bound_to: str | None = None
    may_be_unbound: bool = False
    told: Callable[[Sequence[Mapping[str, Any]], UUID | None, datetime], None] | None = None

    def purposes(self, row: Mapping[str, Any]) -> Sequence[str]:
        """Under which a value may be sealed: the one of today first."""
        if self.bound_to is None:
            return (self.purpose,)
        bound = f"{self.purpose}:{row[self.bound_to]}"
        return (bound, self.purpose) if self.may_be_unbound else (bound,)


class Vault:
    """Holds the keys of this installation. The first field key seals, all of them open."""

    def __init__(self, *, field_keys: str, index_key: str, digest_key: str) -> None:
        pairs = [pair.partition(":") for pair in field_keys.split(",")]
        self._ciphers = {key_id: AESGCM(base64.b64decode(key)) for key_id, _, key in pairs}
        self._newest = pairs[0][0]
        self._index_key = base64.b64decode(index_key)
        self._digest_key = digest_key.encode()

    def newest_alone(self) -> "Vault":
        """The vault as it will be when the older keys are dropped."""
        alone = copy(self)
        alone._ciphers = {self._newest: self._ciphers[self._newest]}
        return alone

    @property
    def mark(self) -> bytes:
        """How a value begins that the newest key has sealed."""
        return self._newest.encode() + b"\0"

    def seal(self, text: str, purpose: str) -> bytes:
        """Encrypt a value for one purpose."""
        nonce = os.urandom(NONCE_BYTES)
        cipher = self._ciphers[self._newest]
        return self.mark + nonce + cipher.encrypt(nonce, text.encode(), purpose.encode())

    def unseal(self, sealed: bytes, purpose: str) -> str:
        """Decrypt what ``seal`` made for the same purpose; nothing where it is kept no longer.

        Raises:
            Sealed: the key is not here, or the value or its purpose was altered.
        """
        if not sealed:  # retention.BYTES_GONE
            return ""
        key_id, _, rest = sealed.partition(b"\0")
        cipher = self._ciphers.get(key_id.decode(errors="replace"))
        if cipher is None:
            raise Sealed("the key of this value is not configured")
        try:
            plain = cipher.decrypt(rest[:NONCE_BYTES], rest[NONCE_BYTES:], purpose.encode())
        except InvalidTag:
            raise Sealed("the value was altered or belongs elsewhere") from None
        return plain.decode()

    def index(self, text: str, purpose: str) -> bytes:
        """The blind index (32 bytes) by which an equal value of this purpose is found."""
        return hmac.digest(self._index_key, f"{purpose}\0{text}".encode(), "sha256")

    def digest(self, text: str, purpose: str) -> bytes:
        """A keyed digest (32 bytes) of a short-lived code, which is never stored in clear."""
        return hmac.digest(self._digest_key, f"{purpose}\0{text}".encode(), "sha256")


def token_digest(token: str) -> bytes:
    """SHA-256 of a 256-bit random token: enough, because such a token cannot be guessed."""
    return sha256(token.encode()).digest()


def init_app(app: Flask, vault: Vault) -> None:
    app.extensions["vault"] = vault


def vault() -> Vault:
    """The vault of the running application."""
    found: Vault = current_app.extensions["vault"]
    return found


def masked_phone(phone: str) -> str:
    """``13812341234`` as ``138****1234``."""
    return f"{phone[:3]}****{phone[-4:]}"


def masked_id_number(number: str) -> str:
    """Only the first and the last character of an ID number."""
    return f"{number[0]}{'*' * (len(number) - 2)}{number[-1]}"


def masked_name(name: str) -> str:
    """``张小三`` as ``张**``."""
    return name[0] + "*" * (len(name) - 1)


def masked_card(number: str) -> str:
    """The last four digits of a bank account."""
    return f"**** {number[-4:]}"
