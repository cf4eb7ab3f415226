"""What the bank calls by itself."""

from typing import Any

from flask import current_app, request
from flask_smorest import Blueprint

from app.kernel import clock
from app.kernel.db import transaction
from app.kernel.errors import Unauthenticated
from app.kernel.jobs import defer
from app.outside.bank.http import is_signed
from app.web.api import ErrorOut
from app.web.auth import public
from mall.settlement import jobs
from mall.settlement import service as settlement
from miniprogram_api.mall.settlement.bank_bodies import NotificationIn

bp = Blueprint("bank", __name__, description="银行通知")


class ForgedNotification(Unauthenticated):
    code = "bank.forged_notification"
    message = "签名不对，没有受理"


@bp.before_request
def check_signature() -> None:
    """Only the bank, and only within five minutes; before the body is read."""
    is_ours = is_signed(
        current_app.config["SETTINGS"].bank_api_key,
        request.method,
        "/notifications",
        dict(request.headers),
        request.get_data(),
        at=clock.now(),
    )
    if not is_ours:
        raise ForgedNotification()


@bp.post("/notifications")
@public
@bp.arguments(NotificationIn)
@bp.response(204)
@bp.alt_response(401, schema=ErrorOut, description="Not signed by the bank, or too old")
def notify(body: dict[str, Any]) -> None:
    """The bank has news of a payment. It is a hint: the bank is asked, and only that counts.

    Signed as docs/bank-wire.md says. Known or unknown, the answer is the same.
    """
    with transaction():
        due = settlement.hint(payment_id=body["payment_id"], at=clock.now())
        if due is not None:
            county_id, cash_out_id = due
            defer(jobs.go_on, str(county_id), str(cash_out_id))
