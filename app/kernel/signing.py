"""Ed25519 signatures of this installation: the private key never enters the database.

A key is known by its id, the first eight bytes of the SHA-256 of the public key in hex. When the
key is changed, the public half of the old one stays in the settings, so that what it signed can
still be checked.
"""

import base64
import binascii
from collections.abc import Iterable, Mapping
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from flask import Flask, current_app

PublicKeys = Mapping[str, Ed25519PublicKey]  # by key id
KEY_BYTES = 32


class Signer:
    """Signs with the key of this installation."""

    def __init__(self, *, seed: str, old_public_keys: str = "") -> None:
        """``seed`` is 32 bytes in base64; ``old_public_keys`` are such texts joined by commas."""
        self._private = Ed25519PrivateKey.from_private_bytes(base64.b64decode(seed))
        self.public_key = base64.b64encode(self._private.public_key().public_bytes_raw()).decode()
        old = [text for text in old_public_keys.split(",") if text]
        self.known = read_public_keys([self.public_key, *old])
        self.key_id = key_id(self._private.public_key())

    def sign(self, message: bytes) -> bytes:
        """The signature (64 bytes) of a message."""
        return self._private.sign(message)


def key_id(public: Ed25519PublicKey) -> str:
    return sha256(public.public_bytes_raw()).hexdigest()[:16]


def read_public_keys(texts: Iterable[str]) -> dict[str, Ed25519PublicKey]:
    """Public keys, each 32 bytes in base64, by their ids.

    Raises:
        ValueError: one is not such a key.
    """
    keys = {}
    for text in texts:
        try:
            public = Ed25519PublicKey.from_public_bytes(base64.b64decode(text, validate=True))
        except (binascii.Error, ValueError):
            raise ValueError(f"not a public key (32 bytes in base64): {text!r}") from None
        keys[key_id(public)] = public
    return keys


def is_signed(message: bytes, signature: bytes, public: Ed25519PublicKey) -> bool:
    """Whether the owner of the key signed exactly this message."""
    try:
        public.verify(signature, message)
    except InvalidSignature:
        return False
    return True


def init_app(app: Flask, made: Signer) -> None:
    app.extensions["signer"] = made


def signer() -> Signer:
    """The signer of the running application."""
    found: Signer = current_app.extensions["signer"]
    return found
