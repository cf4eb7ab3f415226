"""Cards, as the office hands them over, and many hands at once."""

from tests.given.cards import office
from tests.given.races import together

__all__ = ["office", "together"]
