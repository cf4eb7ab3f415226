"""Events that may earn points."""

from tests.given.awards import decide
