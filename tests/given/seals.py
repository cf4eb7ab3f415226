"""The ledger, sealed now."""

from app.points.ledger import jobs


def run_seal(app) -> None:
    with app.app_context():
        jobs.seal_committed()
