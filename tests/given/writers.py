"""Who writes in a test is who would in production: the web, the jobs, or the bank's channel.

The tests' own role may do what any of them may, and is a member of each. A request acts as the
web's role and a job as that of its queue, so whatever test needs a right that is missing meets it.
"""

from flask import has_request_context
from sqlalchemy import event

from app.kernel import jobs
from app.kernel.audit import Channel
from app.kernel.audit.circumstances import circumstances
from app.kernel.db import Session

OF_QUEUE = {jobs.QUEUE: "fen_worker", jobs.BANK_QUEUE: "fen_bank"}


def keep_apart() -> None:
    event.listen(Session, "after_begin", _act_as)


def _act_as(_session, _transaction, connection) -> None:
    connection.connection.driver_connection.execute(f"SET LOCAL ROLE {_role()}")


def _role() -> str:
    if has_request_context():
        return "fen_app"
    present = circumstances()
    if present is None or present.channel is not Channel.JOB:
        return "NONE"
    queues = {f"{one.__module__}.{one.__qualname__}": one.queue for one in jobs.every_job()}
    return OF_QUEUE[queues[present.name]]
