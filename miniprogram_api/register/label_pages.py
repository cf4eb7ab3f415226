"""What a label says to a camera that is not ours: a page for anybody."""

from flask import Response, request
from flask_smorest import Blueprint

from app.kernel.errors import DomainError
from app.register.assets import queries
from app.register.assets.errors import BagForged, CodeMisread, CodeUnknown
from app.register.assets.models import KIND_NAMES
from app.register.assets.streams import STREAM_NAMES
from app.web.auth import public
from app.web.limits import wrong_tries
from miniprogram_api.printing import print_page

bp = Blueprint("label_pages", __name__, description="标签网页", template_folder="templates")
WRONG_CODES_A_MINUTE = 30  # of one address, behind which a village may be


@bp.get("/<path:code>")
@public
@bp.response(200, {"type": "string"}, content_type="text/html")
def page(code: str) -> Response:
    """What this is and what goes in; never whose it is."""
    try:
        with wrong_tries(
            "label_page", request.remote_addr, wrong=CodeUnknown, most=WRONG_CODES_A_MINUTE
        ):
            found = queries.public(code)
    except (CodeUnknown, CodeMisread, BagForged) as error:
        return _unknown(error)
    return print_page("label_page.html", found=found, kinds=KIND_NAMES, streams=STREAM_NAMES)


def _unknown(error: DomainError) -> Response:
    answer = print_page("label_page.html", found=None, sentence=error.sentence())
    answer.status_code = error.status
    return answer
