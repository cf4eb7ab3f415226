"""The port to a bank: what any bank can be asked, and the few ways in which it can answer."""

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Protocol

from app.kernel.errors import Invalid, NotFound, Unavailable

_PAYMENT_ID = re.compile("[0-9a-f]{32}")


@dataclass(frozen=True)
class Payment:
    """An instruction to pay out of the custody account; the bank repeats nothing with its id."""

    id: str  # 32 hex characters, made and committed by us before anything is sent
    amount_fen: int
    payee_name: str
    payee_account: str
    payee_bank: str
    purpose: str  # what the payee reads on their own statement
    county_id: int  # whose custody account pays

    def __post_init__(self) -> None:
        assert _PAYMENT_ID.fullmatch(self.id), "a payment id is 32 hex characters"
        assert self.amount_fen > 0, "a payment moves something"


class PaymentState(StrEnum):
    ACCEPTED = "accepted"  # the bank will carry it out
    SETTLED = "settled"  # the money has left the custody account
    REJECTED = "rejected"  # explicitly refused; nothing moved and nothing will
    RETURNED = "returned"  # settled, and days later the money came back
    NOT_FOUND = "not_found"  # the bank knows no such payment, at least not yet


@dataclass(frozen=True)
class PaymentStatus:
    state: PaymentState
    reason: str | None = None  # the bank's words, for rejected and returned
    bank_reference: str | None = None  # 流水号 of the booking, once there is one
    amount_fen: int | None = None  # as the bank has it, when it says so


class PaymentRefused(Invalid):
    """The bank said explicitly that it will not pay: the hold may be released."""

    code = "bank.payment_refused"
    message = "银行没有办理这笔付款：{reason}"

    def __init__(self, reason: str) -> None:
        super().__init__(reason=reason)
        self.reason = reason


class OutcomeUnknown(Unavailable):
    """Nobody knows yet whether the bank acted: ask again, or send again with the same id."""

    code = "bank.outcome_unknown"
    message = "银行还没有回复，正在核实，请不要重复操作"


class NotSent(OutcomeUnknown):
    """No connection came about, so nothing reached the bank: it may be sent again soon."""


class PaymentConflict(OutcomeUnknown):
    """The bank holds another payment under this id. A person must look; nothing is released."""

    status = 409
    code = "bank.payment_conflict"
    message = "银行已有一笔编号相同但内容不同的付款，请联系县里的财务人员核对"


class BankUnavailable(Unavailable):
    code = "bank.unavailable"
    message = "银行暂时没有响应，请稍后再试"


class StatementNotReady(NotFound):
    code = "bank.statement_not_ready"
    message = "银行还没有 {on} 的对账单，请晚些时候再取"


class BankTakesNoFiles(NotFound):
    code = "bank.takes_no_files"
    message = "现在的银行接口不用付款文件，提现会自动发给银行"


class BankNotConfigured(Unavailable):
    code = "bank.not_configured"
    message = "还没有接通银行，请联系系统管理员"


class BankGateway(Protocol):
    """What settlement asks of a bank, whichever bank it is."""

    def submit(self, payment: Payment) -> PaymentStatus:
        """Give the instruction. Safe to repeat with the same content: the bank pays once.

        Raises:
            PaymentRefused: the bank refused explicitly; nothing was or will be paid.
            OutcomeUnknown: anything else that is not a clear acceptance.
        """
        ...

    def query(self, payment_id: str) -> PaymentStatus:
        """How the payment stands. ``NOT_FOUND`` is a state, and may be so for a while only.

        Raises:
            OutcomeUnknown: the bank gave no clear answer.
        """
        ...

    def statement(self, on: date) -> bytes:
        """The statement of the custody account for a day, as the bank's file.

        Raises:
            StatementNotReady: the bank has none for that day yet.
            BankUnavailable: the bank gave no clear answer.
        """
        ...
