"""What WeChat pushes by itself: its word on the content of photos."""

from flask import Response, request
from flask_smorest import Blueprint

from app import outside
from app.kernel import clock
from app.kernel.db import transaction
from app.kernel.jobs import defer
from app.outside.wechat import ContentAnswer
from app.photos import checking
from app.photos.models import Verdict
from app.sorting.self_checks.jobs import screen_photo
from app.web.api import ErrorOut
from app.web.auth import public
from app.web.query import any_query

bp = Blueprint("wechat_pushes", __name__, description="微信消息推送")
BODY_BYTES_MAX = 64 * 1024


@bp.get("/pushes")
@public
@any_query
@bp.response(200, {"type": "string"}, content_type="text/plain")
@bp.alt_response(401, schema=ErrorOut, description="Not WeChat, or too old")
def prove_address() -> Response:
    """WeChat's console asks whether this address is ours; answered with its own word."""
    word = outside.wechat_pushes().echo(request.args, at=clock.now())
    return Response(word, mimetype="text/plain")


@bp.post("/pushes")
@public
@any_query
@bp.response(200, {"type": "string"}, content_type="text/plain")
@bp.alt_response(401, schema=ErrorOut, description="Not WeChat's, or too old")
def take_push() -> Response:
    """A push in safe mode, JSON or XML. What is not about us is taken and ignored."""
    request.max_content_length = BODY_BYTES_MAX
    at = clock.now()
    answer = outside.wechat_pushes().content_answer(request.args, request.get_data(), at=at)
    if answer is not None:
        with transaction():
            photo = checking.record_answer(
                trace_id=answer.trace_id, verdict=_verdict(answer), label=answer.label, at=at
            )
            if photo is not None:
                county_id, photo_id = photo
                defer(screen_photo, str(county_id), str(photo_id))
    return Response("success", mimetype="text/plain")


def _verdict(answer: ContentAnswer) -> Verdict:
    """Only the word "pass" passes; a word that we do not know is for a person."""
    if answer.errcode != 0:
        return Verdict.FAILED
    known = {verdict.value: verdict for verdict in (Verdict.PASSED, Verdict.RISKY)}
    return known.get(answer.suggest, Verdict.REVIEW)
