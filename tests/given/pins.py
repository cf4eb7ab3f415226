"""PINs hashed quickly, where how they are hashed is not the point."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from app.register.cards import pins

SHIPPED = pins._COST


@contextmanager
def hashed_quickly() -> Iterator[None]:
    """One PIN takes a tenth of a second otherwise, and many tests give out or use a card."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(pins, "_COST", 2**4)
        yield


@pytest.fixture
def hashed_as_shipped(app, monkeypatch):
    """PINs cost what they cost in a county."""
    monkeypatch.setattr(pins, "_COST", SHIPPED)
