"""How the background work stands, for who operates the service."""

from datetime import UTC, datetime
from typing import Any

from flask_smorest import Blueprint
from marshmallow import Schema, fields
from redis.exceptions import RedisError

from app.kernel import jobs
from app.kernel.errors import Unavailable
from app.register.identity.roles import Role
from app.web.api import ErrorOut
from app.web.auth import requires

bp = Blueprint("background", __name__, description="后台任务")


class QueueAway(Unavailable):
    code = "jobs.queue_away"
    message = "任务队列没有回应，请检查 Valkey"


class SweepOut(Schema):
    name = fields.String(required=True)
    cron = fields.String(required=True)
    passed_at = fields.AwareDateTime(
        required=True, allow_none=True, metadata={"description": "When it last passed"}
    )
    is_late = fields.Boolean(required=True)


class JobsOut(Schema):
    waiting = fields.Integer(required=True)
    scheduled = fields.Integer(required=True, metadata={"description": "Wait for their next try"})
    failed = fields.Integer(required=True, metadata={"description": "Kept to be looked at"})
    failing = fields.List(
        fields.String(), required=True, metadata={"description": "Names of those that ring"}
    )
    sweeps = fields.List(fields.Nested(SweepOut), required=True)


@bp.get("/jobs")
@requires(Role.OPERATOR)
@bp.response(200, JobsOut)
@bp.alt_response(503, schema=ErrorOut, description="The queue does not answer")
def jobs_now() -> dict[str, Any]:
    """What waits, what failed, and when each sweep last passed."""
    try:
        state = jobs.state()
    except RedisError:
        raise QueueAway() from None
    sweeps = [vars(each) | {"passed_at": _instant(each.passed_at)} for each in state.sweeps]
    return vars(state) | {"sweeps": sweeps}


def _instant(seconds: float | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
