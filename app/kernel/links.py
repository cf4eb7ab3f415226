"""Signatures of links and forms that carry their own permission, for a short time.

HMAC with a key of this installation: whoever holds the link may do what it says and nothing else.
What it says, and until when, must be in the signed text.
"""

import hmac

from app.kernel.secrets import vault

_PURPOSE = "links"


def signature(text: str) -> str:
    """The signature of the text, in hex."""
    return vault().digest(text, _PURPOSE).hex()


def is_signed(text: str, signed: str) -> bool:
    """Whether this installation signed exactly this text."""
    return hmac.compare_digest(signature(text).encode(), signed.encode())
