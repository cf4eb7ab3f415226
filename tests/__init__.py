"""The tests of Fen; ``tests.given`` is what they share."""

import pytest

pytest.register_assert_rewrite("tests.given")
