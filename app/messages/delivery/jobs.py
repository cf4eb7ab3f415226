"""Sending what is due, step by step down the ladder. No transaction is open while it is sent."""

from dataclasses import dataclass
from uuid import UUID

import structlog
from prometheus_client import Counter

from app import outside
from app.kernel import clock
from app.kernel.db import transaction
from app.kernel.jobs import job, sweep, take_up
from app.messages.delivery import queries, service
from app.messages.delivery.models import MessageTemplate
from app.messages.delivery.queries import Addressee
from app.messages.delivery.words import values, words
from app.messages.notices import Notice, NoticeState
from app.messages.notices.kinds import kind_of
from app.outside.sms import SmsRefused, SmsUnavailable
from app.outside.wechat import (
    MessageNotAccepted,
    MessageRefused,
    WeChatMisconfigured,
    WeChatTooOften,
    WeChatUnavailable,
)

log = structlog.get_logger(__name__)

TRIES_MAX = 3  # at a step that gives no answer; then the next step
QUEUED_A_RUN_MAX = 2_000
PAGE = "pages/notices/notices"
ENDED = Counter("fen_notices_total", "Notices by how they reached people", ["state"])


@dataclass(frozen=True)
class Parcel:
    """A notice with all that is needed to send it."""

    notice: Notice
    template: MessageTemplate | None
    addressees: tuple[Addressee, ...]
    phone: str | None

    @property
    def may_wait(self) -> bool:
        return self.notice.tries < TRIES_MAX


class _TryLater(Exception):
    """The step gave no answer: the notice waits for its next try."""


@job
def deliver(county_id: str, notice_id: str) -> None:
    """Send one notice by the first step of the ladder that reaches somebody.

    Safe to run twice and at once: only one run claims the notice. A run that dies is followed by
    another one, ten minutes later.
    """
    with transaction():
        parcel = _claimed(int(county_id), UUID(notice_id))
    if parcel is None:
        return
    try:
        state = _down_the_ladder(parcel)
    except _TryLater:
        return
    with transaction():
        service.record(county_id=int(county_id), notice_id=UUID(notice_id), state=state)
    ENDED.labels(state.value).inc()


@sweep("30 8 * * *")
def ring_for_untold() -> None:
    """Tell who works off the list what reached nobody for a day, and the town after a week."""
    with transaction():
        service.tell_of_unreached(at=clock.now())
        service.ring_for_untold(at=clock.now())


@sweep("* * * * *")
def deliver_due() -> None:
    """Hand what is due to the workers; nothing else starts a delivery."""
    with transaction():
        found = queries.due(clock.now(), QUEUED_A_RUN_MAX)
    for county_id, notice_id in found:
        take_up(deliver, str(county_id), str(notice_id))


def _claimed(county_id: int, notice_id: UUID) -> Parcel | None:
    notice = service.claim(county_id=county_id, notice_id=notice_id, at=clock.now())
    if notice is None:
        return None
    template = queries.template(notice)
    addressees = queries.addressees(notice, outside.wechat().appid) if template else []
    phone = queries.phone_of_head(notice.household_id) if notice.household_id else None
    return Parcel(notice, template, tuple(addressees), phone)


def _down_the_ladder(parcel: Parcel) -> NoticeState:
    if _reached_by_wechat(parcel):
        return NoticeState.BY_WECHAT
    if parcel.notice.household_id is None:
        return NoticeState.LISTED
    kind, details = kind_of(parcel.notice.kind), parcel.notice.details
    if kind.is_worth_a_text(details) and _reached_by_sms(parcel):
        return NoticeState.BY_SMS
    if not kind.is_worth_a_walk(details):
        return NoticeState.LISTED
    return NoticeState.ON_BOARD


def _reached_by_wechat(parcel: Parcel) -> bool:
    outcomes = [_sent_by_wechat(parcel, addressee) for addressee in parcel.addressees]
    if any(outcomes):
        return True
    if None in outcomes and parcel.may_wait:
        raise _TryLater
    return False


def _sent_by_wechat(parcel: Parcel, addressee: Addressee) -> bool | None:
    """Whether WeChat has delivered the notice; None when it gave no answer."""
    template, notice = parcel.template, parcel.notice
    assert template is not None, "addressees are looked up only for a template"
    shown = values(notice)
    is_last = False
    try:
        outside.wechat().send_message(
            openid=addressee.openid,
            template_id=template.template_id,
            values={keyword: shown[name] for keyword, name in template.fields.items()},
            page=PAGE,
        )
    except (WeChatUnavailable, WeChatTooOften):
        return None
    except (MessageRefused, WeChatMisconfigured):
        return False  # logged where it happened; the agreement is still there
    except MessageNotAccepted:
        is_last = True
    with transaction():
        service.spend_credit(user_id=addressee.user_id, kind=notice.kind, is_last=is_last)
    return not is_last


def _reached_by_sms(parcel: Parcel) -> bool:
    if parcel.phone is None:
        return False
    try:
        outside.sms().send(phone=parcel.phone, text=words(parcel.notice).sentence)
    except SmsRefused:
        return False
    except SmsUnavailable:
        if parcel.may_wait:
            raise _TryLater from None
        return False
    return True
