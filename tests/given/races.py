"""Many hands at once."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from app.kernel.db import transaction
from app.kernel.errors import DomainError


@pytest.fixture
def together(app, committed):
    """Run each piece of work in a thread and transaction of its own; outcomes by name."""

    def run(works) -> dict[str, int]:
        def attempt(work) -> str:
            try:
                with app.app_context(), transaction():
                    work()
            except DomainError as refusal:
                return type(refusal).__name__
            return "done"

        with ThreadPoolExecutor(32) as pool:
            outcomes = list(pool.map(attempt, works))
        return {name: outcomes.count(name) for name in set(outcomes)}

    return run
