"""Many hands at once."""

from tests.given.races import together

__all__ = ["together"]
