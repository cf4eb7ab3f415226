"""Names and numbers in a proposal, which everybody who is told can read but for these."""

from base64 import b64decode, b64encode

from app.kernel.secrets import vault

PURPOSE = "means.proposal"


def sealed(text: str) -> str:
    """The text, for the content of a proposal."""
    return b64encode(vault().seal(text, PURPOSE)).decode()


def opened(kept: str) -> str:
    """The text again."""
    return vault().unseal(b64decode(kept), PURPOSE)
