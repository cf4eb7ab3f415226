"""The tests of Fen; ``tests.given`` is what they share."""

import gc

import pytest

# What is imported stays: nobody looks through it for garbage until all is collected (conftest.py).
gc.disable()
pytest.register_assert_rewrite("tests.given")
