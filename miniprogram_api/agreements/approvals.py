"""What waits for a second person of the county, in one list."""

from typing import Any

from flask_smorest import Blueprint
from marshmallow import Schema, fields

from app.kernel import clock
from app.web.auth import caller, requires
from overviews.money import approvals

bp = Blueprint("approvals", __name__, description="要您复核")


class ApprovalOut(Schema):
    kind = fields.String(required=True, metadata={"enum": [*approvals.DECIDERS, "proposal"]})
    id = fields.UUID(required=True)
    title = fields.String(required=True)
    amount_fen = fields.Integer(required=True, allow_none=True)
    proposed_by = fields.String(
        required=True, allow_none=True, metadata={"description": "The name, of staff"}
    )
    proposed_at = fields.AwareDateTime(required=True)
    is_mine = fields.Boolean(required=True)
    may_decide = fields.Boolean(required=True)
    why_not = fields.String(required=True, allow_none=True)


class ApprovalListOut(Schema):
    items = fields.List(fields.Nested(ApprovalOut), required=True)
    may_decide = fields.Integer(
        required=True, metadata={"description": "How many of them wait for the caller"}
    )


@bp.get("/waiting")
@requires(*approvals.READERS)
@bp.response(200, ApprovalListOut)
def waiting() -> dict[str, Any]:
    """All that waits for a second person where the caller is one or proposed it, oldest first."""
    found = approvals.waiting(caller(), at=clock.now())
    return {"items": found, "may_decide": sum(one.may_decide for one in found)}
