"""Household cards: printing, handing over, blocking, and paying with them."""

from contextlib import AbstractContextManager, nullcontext
from typing import Any
from uuid import UUID

import segno
from flask import Response
from flask_smorest import Blueprint
from markupsafe import Markup

from app.agreements.choices import propose_settings
from app.agreements.proposals.queries import ShownProposal, shown
from app.kernel import clock
from app.kernel.db import transaction
from app.points.means import cards as means
from app.register.cards import printing, queries, service, tokens
from app.register.cards.errors import CardNotFound, PlaceNotFound
from app.register.cards.states import Receiver
from app.register.households import queries as households
from app.register.identity.roles import Role
from app.web.api import ErrorOut, refusal
from app.web.auth import caller, requires
from app.web.idempotency import idempotent
from app.web.limits import wrong_tries
from app.web.paging import page
from mall.cards import paying, presenting, settings
from mall.cards import uses as card_uses
from mall.redemption import queries as redemptions
from miniprogram_api.agreements.proposals_bodies import ProposalOut
from miniprogram_api.mall.cards.cards_bodies import (
    CardHandOverIn,
    CardOut,
    CardPage,
    CardPaymentIn,
    CardsArgs,
    CardSettingsIn,
    CardUsePage,
    PresentedIn,
    PresentedOut,
    SheetIn,
    UsesArgs,
)
from miniprogram_api.mall.redemption.redemptions_bodies import RedemptionOut
from miniprogram_api.mall.serving import served_shop, served_shop_id
from miniprogram_api.printing import print_page

bp = Blueprint("cards", __name__, description="积分卡", template_folder="templates")
WRONG_NUMBERS_A_MINUTE = 10


@bp.post("/sheets")
@requires(*printing.PRINTERS)
@bp.arguments(SheetIn)
@bp.response(200, {"type": "string"}, content_type="text/html")
@bp.alt_response(404, schema=ErrorOut, description="Not in the caller's area")
@bp.alt_response(409, schema=ErrorOut, description="Every household there has a card")
def print_sheet(body: dict[str, Any]) -> Response:
    """Make new cards as a page to print, ten a sheet. This is the only time their codes are shown.

    Not repeatable: the answer is kept nowhere. Whoever lost it prints again, and these cards end.
    """
    at = clock.now()
    with transaction():
        sheet = means.print_cards(wanted=printing.Wanted(**body), by=caller(), at=at)
        return print_page("card_sheet.html", sheet=sheet, qr=_qr, today=clock.day_of(at))


@bp.post("/handovers")
@requires(*service.WORKERS)
@bp.arguments(CardHandOverIn)
@bp.response(202, ProposalOut)
@bp.alt_response(403, schema=ErrorOut, description="The caller printed it, or it is their own")
@bp.alt_response(404, schema=ErrorOut, description="No card in the caller's area, or not theirs")
@bp.alt_response(409, schema=ErrorOut, description="Proposed by somebody else")
@bp.alt_response(422, schema=ErrorOut, description="PINs differ or are too simple")
def hand_over(body: dict[str, Any]) -> ShownProposal:
    """Take the PIN before the household, whose document was seen.

    The card pays when the household says yes on its phone, or its liaison or group leader, who
    stands there and signs in on their own.

    Also for a forgotten PIN, a card blocked by wrong ones, and a lost card that was found.
    """
    with _numbers_counted(body["card"]), transaction():
        proposed = means.hand_over(
            text=body["card"],
            pin=service.TypedPin(body["pin"], body["pin_again"]),
            receiver=Receiver(body["member_id"], body["document"]),
            by=caller(),
            at=clock.now(),
        )
        return shown(proposed, caller())


@bp.post("/<uuid:card_id>/block")
@requires(Role.RESIDENT, *service.BLOCKERS)
@bp.response(200, CardOut)
@bp.alt_response(404, schema=ErrorOut, description="Neither the caller's nor in their area")
def block(card_id: UUID) -> queries.ShownCard:
    """The card is lost: it pays no more, at once. To block it again changes nothing."""
    with transaction():
        card = service.block(card_id=card_id, by=caller(), at=clock.now())
        return queries.card(card.county_id, card.id)


@bp.get("")
@requires(*service.BLOCKERS)
@bp.arguments(CardsArgs, location="query")
@bp.response(200, CardPage)
def cards(args: dict[str, Any]) -> dict[str, Any]:
    """The cards of households in the caller's area, newest first."""
    who = caller()
    return page(queries.cards(who.county_id, who.places(*service.BLOCKERS), **args), args["limit"])


@bp.get("/current")
@requires(Role.RESIDENT)
@bp.response(200, CardOut)
@bp.alt_response(404, schema=ErrorOut, description="The household has no card")
def current() -> queries.ShownCard:
    """The card of the caller's household."""
    return queries.current_card(caller().county_id, caller().household())


@bp.post("/presented")
@requires(Role.CLERK, Role.MERCHANT)
@bp.arguments(PresentedIn)
@bp.response(200, PresentedOut)
@bp.alt_response(404, schema=ErrorOut, description="No such card, or not the caller's shop")
def presented(body: dict[str, Any]) -> presenting.PresentedCard:
    """Whether the card on the counter pays, and who may buy with it today. Changes nothing."""
    served_shop(body["shop_id"])
    with _numbers_counted(body["card"]):
        return presenting.presented(caller().county_id, body["card"], day=clock.day_of(clock.now()))


@bp.post("/redemptions")
@requires(Role.CLERK, Role.MERCHANT)
@idempotent
@bp.arguments(CardPaymentIn)
@bp.response(201, RedemptionOut)
@bp.alt_response(404, schema=ErrorOut, description="No such card or proxy, or not their shop")
@bp.alt_response(409, schema=ErrorOut, description="Wrong PIN, blocked, too few, over a limit")
@bp.alt_response(422, schema=ErrorOut, description="Mistyped number, wrong sum, over the limit")
@bp.alt_response(429, schema=ErrorOut, description="Too many wrong numbers or PINs here")
def redeem(body: dict[str, Any]) -> Response | redemptions.ShownRedemption:
    """Take points from the household of the card, whose customer typed the PIN.

    A wrong PIN is counted when it is answered. A repeat with the same key is not counted again.
    """
    who = caller()
    shop_id = served_shop_id(body["shop_id"])
    with _numbers_counted(body["card"]):
        paid = paying.pay(
            shop_id=shop_id,
            shown=paying.Shown(body["card"], body["pin"], body["proxy_id"]),
            sale=body["sale"],
            by=who,
            at=clock.now(),
        )
    if isinstance(paid, redemptions.ShownRedemption):
        return paid
    return refusal(paid)


@bp.get("/uses")
@requires(Role.RESIDENT, *service.WORKERS)
@bp.arguments(UsesArgs, location="query")
@bp.response(200, CardUsePage)
@bp.alt_response(404, schema=ErrorOut, description="Not a household of the caller")
def uses(args: dict[str, Any]) -> dict[str, Any]:
    """What was paid with a household's cards, and who stood there, newest first."""
    household_id = seen_household(args.pop("household_id"))
    rows = card_uses.uses(caller().county_id, household_id, **args)
    return page(rows, args["limit"])


@bp.get("/settings")
@requires(Role.CLERK, Role.MERCHANT, *service.BLOCKERS)
@bp.response(200, CardSettingsIn)
def card_settings() -> settings.CardSettings:
    """How much a card may pay in the county, at once and in a day."""
    return settings.settings_of(caller().county_id)


@bp.put("/settings")
@requires(Role.COUNTY_ADMIN)
@bp.arguments(CardSettingsIn)
@bp.response(202, ProposalOut)
@bp.alt_response(409, schema=ErrorOut, description="Proposed by another already")
@bp.alt_response(422, schema=ErrorOut, description="Beyond its bounds, or nothing differs")
def set_settings(body: dict[str, int]) -> ShownProposal:
    """Propose to let cards pay so much, a day after another agreed."""
    who, chosen = caller(), settings.CardSettings(**body)
    with transaction():
        return shown(propose_settings(settings.CHANGE, chosen, by=who, at=clock.now()), who)


def seen_household(household_id: UUID | None) -> UUID:
    """The caller's household, or the one that a worker named.

    Raises:
        PlaceNotFound: it is neither the caller's own nor in their area.
    """
    who = caller()
    if household_id is None or household_id == who.household_id:
        return who.household()
    if not households.is_inside(who.county_id, household_id, who.places(*service.WORKERS)):
        raise PlaceNotFound()
    return household_id


def _numbers_counted(text: str) -> AbstractContextManager[None]:
    """Typed numbers can be tried one after the other; a scanned text cannot be guessed."""
    if tokens.is_qr(text):
        return nullcontext()
    return wrong_tries(
        "card_number", caller().user_id, wrong=CardNotFound, most=WRONG_NUMBERS_A_MINUTE
    )


def _qr(text: str) -> Markup:
    drawn = segno.make(text, error="m", micro=False).svg_inline(border=2, omitsize=True)
    return Markup(drawn)  # noqa: S704 - drawn from our own text
