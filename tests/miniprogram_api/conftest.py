"""Cards, as the office hands them over."""

from tests.given.cards import office

__all__ = ["office"]
