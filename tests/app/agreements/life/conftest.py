"""A clerk and an administrator above, for everything that happens to households."""

from tests.given.awards import decide
from tests.given.changes import registrar

__all__ = ["decide", "registrar"]
