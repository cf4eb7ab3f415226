"""What is due goes, and nothing else."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from dateutil.relativedelta import relativedelta

from app.kernel.db import Model, db
from app.register.identity.models import Session
from operations.retaining import jobs, sweeping
from tests.operations.retaining import made_up

DAY = timedelta(days=1)


@pytest.fixture
def keeper(superuser):
    """Run ``fen_keeper``'s statements on rows that a superuser made up; all is undone."""
    with superuser.connect() as connection, connection.begin() as undone:
        connection.execute(sa.text("SET LOCAL session_replication_role = replica"))
        yield connection
        undone.rollback()


def test_what_is_a_day_past_its_term_goes_and_what_is_a_day_before_it_stays(app, noon, keeper):
    with app.app_context():
        for kept, end in sweeping.every_end():
            table = Model.metadata.tables[kept.table]
            term = relativedelta(months=end.months, days=end.days)
            old, young = (
                made_up.row(table, clock=end.after, at=noon() - term - change)
                for change in (DAY, -DAY)
            )
            keeper.execute(table.insert(), old)
            keeper.execute(table.insert(), young)

            keeper.execute(sa.text("SET LOCAL ROLE fen_keeper"))
            ended = sweeping.sweep(keeper, kept, end, at=noon())
            again = sweeping.sweep(keeper, kept, end, at=noon())
            keeper.execute(sa.text("RESET ROLE"))

            assert (ended, again) == (1, 0), f"{kept.table} after {end.after}"
            rows = keeper.execute(sa.select(table)).mappings().all()
            keeper.execute(table.delete())
            left = {row[end.after] for row in rows}
            assert young[end.after] in left
            if end.is_deletion:
                assert old[end.after] not in left
                continue
            (emptied,) = (row for row in rows if row[end.after] == old[end.after])
            assert all(str(emptied[name]) == str(gone) for name, gone in end.emptied.items())
            (full,) = (row for row in rows if row[end.after] == young[end.after])
            assert all(str(full[name]) != str(gone) for name, gone in end.emptied.items())


def test_the_sweep_of_the_night_ends_what_is_due_as_the_keeper(app, given, noon, committed):
    given.resident(given.household())
    with app.app_context():
        there = db.session.scalar(sa.select(sa.func.count()).select_from(Session))
        noon.move(days=400)
        db.session.rollback()

        jobs.end_what_is_due()

        left = db.session.scalar(sa.select(sa.func.count()).select_from(Session))
    assert (there, left) == (1, 0)
