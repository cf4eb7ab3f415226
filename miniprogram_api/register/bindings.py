"""Binding a WeChat user to a household: by phone number, or in person."""

from typing import Any
from uuid import UUID

from flask import Response, current_app, make_response
from flask_smorest import Blueprint

from app import outside
from app.agreements.proposals import Proposal
from app.agreements.proposals.queries import shown
from app.kernel import clock
from app.kernel.db import transaction
from app.kernel.errors import DomainError, Forbidden
from app.points.means import phones
from app.register.households import bindings, service
from app.register.households.errors import BindingCodeWrong
from app.register.households.models import Binding
from app.register.identity import queries as identity
from app.register.identity import service as identity_service
from app.register.identity.roles import Role
from app.web.api import ErrorOut, refusal
from app.web.auth import caller, requires
from app.web.limits import wrong_tries
from miniprogram_api.agreements.proposals_bodies import ProposalOut
from miniprogram_api.register.bindings_bodies import (
    BindingCodeOut,
    BindingListOut,
    BindingOut,
    InPersonIn,
    PhoneBindingIn,
    PhoneBindingOut,
)

bp = Blueprint("bindings", __name__, description="绑定住户")
WRONG_CODES_A_MINUTE = 5


@bp.get("")
@requires(Role.RESIDENT)
@bp.response(200, BindingListOut)
def of_household() -> dict[str, Any]:
    """Every phone that acts for the caller's household, the oldest first."""
    return {"items": bindings.of_household(caller().household())}


@bp.post("/by-phone")
@requires(Role.VISITOR)
@bp.arguments(PhoneBindingIn)
@bp.response(201, PhoneBindingOut)
@bp.alt_response(202, schema=ProposalOut, description="Another account has it: that one must agree")
@bp.alt_response(409, schema=ErrorOut, description="The caller acts for a household already")
@bp.alt_response(422, schema=ErrorOut, description="Code or phone lead to no household")
@bp.alt_response(503, schema=ErrorOut, description="WeChat does not answer: press again")
def bind_by_phone(body: dict[str, Any]) -> dict[str, Any] | Response:
    """Bind the caller by the phone number that WeChat vouches for.

    Where another WeChat account acts for a household by it, that household agrees on its phone, or
    an administrator who sees the document; a caller who does not want to wait is bound in person.
    """
    who, at = caller(), clock.now()
    phone = outside.wechat().phone_number(body["code"], _openid(who.user_id))
    with transaction():
        bound = phones.bind_by_phone(by=who, phone=phone, at=at)
        if isinstance(bound, DomainError):
            return refusal(bound)
        if isinstance(bound, Proposal):
            return make_response(ProposalOut().dump(shown(bound, who)), 202)
        return {
            "household_id": bound.binding.household_id if bound.binding else None,
            "session": identity_service.open_session(
                user_id=bound.user_id, county_id=who.county_id, at=at
            )
            if bound.is_another_user
            else None,
        }


@bp.post("/code")
@requires(Role.VISITOR)
@bp.response(201, BindingCodeOut)
@bp.alt_response(409, schema=ErrorOut, description="The caller acts for a household already")
def issue_code() -> dict[str, Any]:
    """Six digits to show to a village worker; they live five minutes and work once."""
    with transaction():
        code, expires_at = service.issue_binding_code(user_id=caller().user_id, at=clock.now())
    return {"code": code, "expires_at": expires_at}


@bp.post("/in-person")
@requires(*service.WORKERS)
@bp.arguments(InPersonIn)
@bp.response(201, BindingOut)
@bp.alt_response(202, schema=ProposalOut, description="Not of the roster: its household must agree")
@bp.alt_response(403, schema=ErrorOut, description="A phone of the caller's own")
@bp.alt_response(404, schema=ErrorOut, description="The household is not in the caller's area")
@bp.alt_response(409, schema=ErrorOut, description="The resident acts for a household already")
@bp.alt_response(422, schema=ErrorOut, description="The code is wrong, expired or used")
@bp.alt_response(429, schema=ErrorOut, description="Too many wrong codes: wait a minute")
def bind_in_person(body: dict[str, Any]) -> Binding | Response:
    """Bind the resident who shows the code and a document.

    Somebody whom the roster does not know, to a household with points, a card or a phone: it is
    proposed, and the household agrees on its phone, or an administrator above the village.
    """
    who = caller()
    with (
        wrong_tries("binding_code", who.user_id, wrong=BindingCodeWrong, most=WRONG_CODES_A_MINUTE),
        transaction(),
    ):
        bound = phones.bind_in_person(
            digits=body["code"],
            household_id=body["household_id"],
            member_name=body["member_name"],
            document=body["document"],
            by=who,
            at=clock.now(),
        )
        if isinstance(bound, Binding):
            return bound
        return make_response(ProposalOut().dump(shown(bound, who)), 202)


@bp.delete("/<uuid:binding_id>")
@requires(Role.RESIDENT, *service.WORKERS)
@bp.response(204)
@bp.alt_response(404, schema=ErrorOut, description="Neither the caller's nor in their area")
def end_binding(binding_id: UUID) -> None:
    """End a binding; its user must sign in again, and may look but not act.

    One's own, any of the household whose head the caller is, or one of a worker's area.
    """
    with transaction():
        phones.end_binding(binding_id=binding_id, by=caller(), at=clock.now())


def _openid(user_id: UUID) -> str:
    openid = identity.openid(user_id, current_app.config["SETTINGS"].wechat_appid)
    if openid is None:  # signed in some other way than through WeChat
        raise Forbidden()
    return openid
