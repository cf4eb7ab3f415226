"""Many hands at once."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text

from app.kernel.db import db, transaction
from app.kernel.errors import DomainError

PATIENTLY = text("SET LOCAL lock_timeout = '60s'; SET LOCAL statement_timeout = '60s'")


@pytest.fixture
def together(app, committed):
    """Run each piece of work in a thread and transaction of its own; outcomes by name.

    They queue for what they lock. A busy machine makes the last of them wait longer than a county
    would; a deadlock is found all the same, and one that waits for ever by the test's own limit.
    """

    def run(works) -> dict[str, int]:
        def attempt(work) -> str:
            try:
                with app.app_context(), transaction():
                    db.session.execute(PATIENTLY)
                    work()
            except DomainError as refusal:
                return type(refusal).__name__
            return "done"

        with ThreadPoolExecutor(32) as pool:
            outcomes = list(pool.map(attempt, works))
        return {name: outcomes.count(name) for name in set(outcomes)}

    return run
