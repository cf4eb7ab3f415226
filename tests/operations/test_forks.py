"""Each job is a fork of its worker, and two processes must not speak on one connection."""

from app.kernel.db import db
from operations import workers


def test_a_worker_hands_no_connection_down_to_the_forks_that_do_its_jobs(app):
    with app.app_context():
        workers._refuse_another_role("fen_worker")

        assert db.engine.pool.checkedin() == 0
