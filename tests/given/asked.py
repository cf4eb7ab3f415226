"""What a block asked of the database, in words that a test can say."""

import re
from collections.abc import Sequence

TABLE = re.compile(r"\b(?:FROM|INTO|UPDATE)\s+([a-z_.]+)")


def asked(statements: Sequence[str]) -> list[str]:
    """The table that each statement names first, in the order in which they were sent.

    So a test that counts statements tells which ones, and one that fails which one is new.
    """
    return [found[1] if (found := TABLE.search(_outermost(each))) else each for each in statements]


def _outermost(statement: str) -> str:
    """Without what stands in parentheses: a question within a question."""
    while (shorter := re.sub(r"\([^()]*\)", "", statement)) != statement:
        statement = shorter
    return statement
