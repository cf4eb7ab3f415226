"""The chain of a village's waste."""

from tests.given.chains import chain

__all__ = ["chain"]
