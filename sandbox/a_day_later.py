"""``python -m sandbox.a_day_later``: what is agreed begins now instead of tomorrow, and who was new
three days ago is paid."""

from sqlalchemy import text

from app.agreements.proposals import jobs
from app.kernel.db import db, transaction
from operations.factory import create_app

NOW = """
    UPDATE proposals SET effective_at = now() - interval '1 second'
     WHERE state = 'approved' AND done_at IS NULL
"""
OLDER = "UPDATE merchants SET first_verified_at = first_verified_at - interval '3 days'"


def main() -> None:
    with create_app().app_context():
        with transaction():
            db.session.execute(text(NOW))
            db.session.execute(text(OLDER))
        jobs.begin_coming()


if __name__ == "__main__":
    main()
