"""Instructing the bank and learning the outcome, without ever paying twice.

Each exchange with the bank has two transactions: one that commits what is about to be asked, and
one that writes the answer. The request itself is made between them, by ``jobs``. Whatever dies in
between leaves a row whose ``due_at`` brings it to the sweep, which asks before it sends again.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

import structlog

from app.kernel import audit, clock
from app.kernel.secrets import Sealed
from app.outside.bank import Payment, PaymentState, PaymentStatus
from mall.merchants import accounts
from mall.merchants import queries as merchants
from mall.merchants.models import Merchant
from mall.merchants.queries import is_inside
from mall.settlement import queries
from mall.settlement.errors import CashOutNotFound, CashOutNotStuck
from mall.settlement.models import CashOut, CashOutState
from mall.settlement.service.outcomes import locked_cash_out, reject, settle

log = structlog.get_logger(__name__)

PURPOSE = "积分兑换结算"
# An exchange that has not reported by now is over: longer than any time-out of the client.
EXCHANGE_MAX = timedelta(minutes=2)
BACK_OFF = (
    timedelta(seconds=30),
    timedelta(minutes=2),
    timedelta(minutes=10),
    timedelta(hours=1),
)
# Banks show what they took only after minutes: "not found" counts when it has surely arrived.
ARRIVED_AFTER = timedelta(minutes=10)
SEND_TRIES_MAX = 5
FAILED_REASON = "系统多次没有能够发出这笔提现，请联系系统管理员，查明后再试"
AMOUNT_REASON = "银行回复的金额与这笔提现不同，请财务人员向银行核对"
ALTERED_REASON = "收款账户和核对过的不一样，已停止付款，请财务和审计人员查明"
CONFLICT_REASON = "银行已有编号相同但内容不同的付款，请财务人员向银行核对"


def begin_sending(*, county_id: int, cash_out_id: UUID, at: datetime) -> Payment | None:
    """Note that the instruction is being sent, and return it; nothing when it must not be.

    Commit before sending. Sent again, it has the same id and content, so the bank pays once.
    """
    cash_out = _known(county_id, cash_out_id)
    is_due = cash_out.due_at is not None and cash_out.due_at <= at
    is_again = cash_out.state is CashOutState.UNKNOWN and cash_out.may_resend and is_due
    if cash_out.state is not CashOutState.CREATED and not is_again:
        return None
    merchant = merchants.merchant(county_id, cash_out.merchant_id)
    if not is_again and not merchant.is_active:
        cash_out.due_at = at + BACK_OFF[-1]  # it keeps its hold until the merchant is reinstated
        return None
    account = _verified_account(cash_out, merchant)
    if account is None:
        log.error("settlement.payee_altered", cash_out_id=str(cash_out.id))
        cash_out.reason, cash_out.due_at = ALTERED_REASON, None
        return None
    cash_out.step_to(CashOutState.SUBMITTING)
    cash_out.sent_at, cash_out.due_at = at, at + EXCHANGE_MAX
    cash_out.may_resend = False
    return Payment(
        id=cash_out.payment_id,
        amount_fen=cash_out.amount_fen,
        payee_name=cash_out.payee_name,
        payee_account=account,
        payee_bank=cash_out.payee_bank,
        purpose=PURPOSE,
        county_id=county_id,
    )


def begin_inquiry(*, county_id: int, cash_out_id: UUID, at: datetime) -> str | None:
    """Note that the bank is being asked, and return the payment's id; nothing when not due."""
    cash_out = _known(county_id, cash_out_id)
    is_due = cash_out.due_at is not None and cash_out.due_at <= at
    if not is_due or not cash_out.state.is_with_bank:
        return None
    if cash_out.state is CashOutState.SUBMITTING:
        # Whoever sent it died before writing the answer down.
        cash_out.step_to(CashOutState.UNKNOWN)
    cash_out.tries += 1
    cash_out.due_at = at + EXCHANGE_MAX
    return cash_out.payment_id


def record_answer(
    *, county_id: int, cash_out_id: UUID, answer: PaymentStatus | None, at: datetime
) -> CashOut:
    """Write down what the bank said to a sending or an inquiry; None means no clear answer."""
    cash_out = _known(county_id, cash_out_id)
    if not cash_out.state.is_with_bank:
        # The statement was faster. An answer that contradicts it is for a person to look at.
        if answer is not None and answer.state is PaymentState.REJECTED:
            log.error("settlement.contradiction", cash_out_id=str(cash_out.id))
        return cash_out
    if answer is None:
        _remain_unknown(cash_out, at)
        return cash_out
    if answer.amount_fen is not None and answer.amount_fen != cash_out.amount_fen:
        return _contradict(cash_out, AMOUNT_REASON, at)
    cash_out.bank_reference = answer.bank_reference or cash_out.bank_reference
    match answer.state:
        case PaymentState.ACCEPTED:
            _accept(cash_out, at)
        case PaymentState.SETTLED | PaymentState.RETURNED:
            # A return is a movement of its own, booked from the statement that shows it.
            settle(cash_out, at)
        case PaymentState.REJECTED:
            reject(cash_out, answer.reason or "银行没有说明原因", at)
        case PaymentState.NOT_FOUND:
            _not_found(cash_out, at)
    return cash_out


def record_not_sent(*, county_id: int, cash_out_id: UUID, at: datetime) -> CashOut:
    """No connection to the bank came about: send again, soon and then ever later."""
    cash_out = _known(county_id, cash_out_id)
    if cash_out.state is CashOutState.SUBMITTING:
        cash_out.step_to(CashOutState.UNKNOWN)
        _ask_later(cash_out, at)
        cash_out.tries += 1
        cash_out.may_resend = True
    return cash_out


def record_conflict(*, county_id: int, cash_out_id: UUID, at: datetime) -> CashOut:
    """The bank holds another payment under this id: keep the hold, ask no more, call a person."""
    cash_out = _known(county_id, cash_out_id)
    return _contradict(cash_out, CONFLICT_REASON, at)


def put_off_cash_out(*, county_id: int, cash_out_id: UUID, at: datetime) -> None:
    """An exchange failed on our side: try later, so that it is not first in every sweep.

    What could not even be sent after several tries stands still and rings; ``ask_again`` sends it.
    """
    cash_out = _known(county_id, cash_out_id)
    if cash_out.due_at is None:
        return
    log.error("settlement.exchange_failed", cash_out_id=str(cash_out.id), tries=cash_out.tries)
    cash_out.due_at = at + BACK_OFF[min(cash_out.tries, len(BACK_OFF) - 1)]
    if cash_out.state is CashOutState.CREATED:
        cash_out.tries += 1
        if cash_out.tries >= SEND_TRIES_MAX:
            cash_out.reason, cash_out.due_at = FAILED_REASON, None


def ask_again(
    *, county_id: int, cash_out_id: UUID, within: Collection[UUID], asked_by: UUID, at: datetime
) -> CashOut:
    """Let the bank be asked once more, after a person has talked to it about a contradiction.

    ``within`` names the regions for which that person may speak. Nothing is sent.

    Raises:
        CashOutNotFound: there is none such in those regions.
        CashOutNotStuck: the questions have not stopped.
    """
    cash_out = locked_cash_out(county_id, cash_out_id)
    if cash_out is None or not is_inside(cash_out.shop_id, within):
        raise CashOutNotFound()
    is_stuck = cash_out.state in {CashOutState.UNKNOWN, CashOutState.CREATED}
    if not is_stuck or cash_out.due_at is not None:
        raise CashOutNotStuck()
    cash_out.reason, cash_out.due_at = None, at
    audit.record(
        "settlement.ask_again",
        county_id=county_id,
        actor_id=asked_by,
        subject=("cash_out", cash_out.id),
        at=at,
        amount_fen=cash_out.amount_fen,
    )
    return cash_out


def _verified_account(cash_out: CashOut, merchant: Merchant) -> str | None:
    """Where to pay; none when it is not what was verified: somebody wrote into the database.

    What was asked for before the account of today was entered goes to that of then.
    """
    try:
        account = accounts.open_account(cash_out.payee_account_sealed, merchant.id)
        verified = accounts.open_account(merchant.payee_account_sealed, merchant.id)
    except Sealed:
        return None
    if cash_out.proposed_at < merchant.payee_entered_at:
        return account
    asked = (account, cash_out.payee_name, cash_out.payee_bank)
    is_same = asked == (verified, merchant.payee_name, merchant.payee_bank)
    return account if is_same and merchant.is_payee_verified else None


def _contradict(cash_out: CashOut, reason: str, at: datetime) -> CashOut:
    """The bank speaks of another payment than ours: no word of it is believed any more."""
    if cash_out.state.is_with_bank:
        _to_unknown(cash_out)
        cash_out.reason, cash_out.due_at = reason, None
        log.error("settlement.payment_conflict", cash_out_id=str(cash_out.id), at=at.isoformat())
    return cash_out


def _accept(cash_out: CashOut, at: datetime) -> None:
    if cash_out.state is not CashOutState.ACCEPTED:
        cash_out.step_to(CashOutState.ACCEPTED)
        cash_out.tries = 0
    _ask_later(cash_out, at)


def _remain_unknown(cash_out: CashOut, at: datetime) -> None:
    # A payment the bank has accepted stays accepted when one question goes unanswered.
    if cash_out.state is not CashOutState.ACCEPTED:
        _to_unknown(cash_out)
    _ask_later(cash_out, at)


def _not_found(cash_out: CashOut, at: datetime) -> None:
    """The bank does not find it: unknown, which is not failed. Nothing is ever freed by that.

    It is sent again only when it cannot be on its way any more, and no statement may show it.
    """
    if cash_out.state is CashOutState.ACCEPTED:
        # What the bank has said that it would pay is never sent again, whatever it finds now.
        log.error("settlement.accepted_and_not_found", cash_out_id=str(cash_out.id))
        _ask_later(cash_out, at)
        return
    _to_unknown(cash_out)
    assert cash_out.sent_at is not None, "only what was sent is asked about"
    arrived_at = cash_out.sent_at + ARRIVED_AFTER
    if at < arrived_at:
        _ask_later(cash_out, at)
        assert cash_out.due_at is not None
        cash_out.due_at = min(cash_out.due_at, arrived_at)
    elif _may_have_left(cash_out, at):
        log.error("settlement.not_found_and_not_denied", cash_out_id=str(cash_out.id))
        _ask_later(cash_out, at)
    else:
        cash_out.may_resend, cash_out.due_at, cash_out.tries = True, at, 0


def _may_have_left(cash_out: CashOut, at: datetime) -> bool:
    """Whether a statement shows it, has a debit that may be it, or is not there yet."""
    county_id, sent_at = cash_out.county_id, cash_out.sent_at
    assert sent_at is not None, "only what was sent is asked about"
    if queries.is_named(county_id, cash_out.payment_id):
        return True
    if queries.may_hide(county_id, cash_out.amount_fen):
        return True
    sent_on = clock.day_of(sent_at)
    return sent_on < clock.day_of(at) and not queries.is_complete(county_id, sent_on)


def _to_unknown(cash_out: CashOut) -> None:
    if cash_out.state is not CashOutState.UNKNOWN:
        cash_out.step_to(CashOutState.UNKNOWN)


def _ask_later(cash_out: CashOut, at: datetime) -> None:
    cash_out.due_at = at + BACK_OFF[min(cash_out.tries, len(BACK_OFF) - 1)]


def _known(county_id: int, cash_out_id: UUID) -> CashOut:
    cash_out = locked_cash_out(county_id, cash_out_id)
    assert cash_out is not None, "a job names a cash-out that was committed"
    return cash_out
