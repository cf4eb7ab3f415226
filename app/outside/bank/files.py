"""What passes between Fen and a bank that takes files: payments out, their results in."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from unicodedata import category
from uuid import UUID

from app.kernel.errors import Invalid
from app.outside.bank.gateway import Payment, PaymentState

FILE_BYTES_MAX = 5 * 1024 * 1024
ROWS_MAX = 20_000


@dataclass(frozen=True)
class Payer:
    """The custody account as the bank knows it, named in every payment file."""

    name: str
    account: str
    bank: str


@dataclass(frozen=True)
class Batch:
    """Payments that go to the bank in one file."""

    id: UUID  # 批次号, as 32 hex characters in the file
    made_at: datetime
    payments: tuple[Payment, ...]

    @property
    def total_fen(self) -> int:
        return sum(payment.amount_fen for payment in self.payments)


@dataclass(frozen=True)
class ResultLine:
    """What the bank says of one instruction."""

    row: int  # where it stands in the file, from 1
    payment_id: str
    amount_fen: int
    # None: a word that we do not know, which decides nothing.
    state: PaymentState | None
    reason: str | None = None
    bank_reference: str | None = None


@dataclass(frozen=True)
class Results:
    """A result file as it was read; nothing of it is compared with what was sent yet."""

    batch_id: str
    count: int
    total_fen: int
    lines: tuple[ResultLine, ...]
    # The bank's one word on the whole batch, when it names no single instruction.
    whole: ResultLine | None = None


def is_writable(payment: Payment) -> bool:
    """Whether every character of it may stand in a payment file: none that controls a printer."""
    told = payment.payee_name + payment.payee_account + payment.payee_bank + payment.purpose
    return not any(category(character).startswith("C") for character in told)


class BadResults(Invalid):
    """The file cannot be read as results. Details: ``count`` and ``problems`` with their rows."""

    code = "bank.bad_results"
    message = "结果文件看不懂，没有导入。请确认选对了文件，或从银行重新下载后再导入"

    @classmethod
    def of(cls, problems: list[dict[str, Any]]) -> "BadResults":
        return cls(count=len(problems), problems=problems)

    @classmethod
    def one(cls, problem: str, row: int | None = None) -> "BadResults":
        return cls.of([{"row": row, "problem": problem}])


class FileFormat(Protocol):
    """How a bank wants its payment files, and writes its result files."""

    @property
    def suffix(self) -> str:
        """The end of a payment file's name, without the dot."""
        ...

    @property
    def media_type(self) -> str: ...

    def payments(self, batch: Batch, payer: Payer) -> bytes:
        """The payment file: the same bytes for the same batch, whenever it is written."""
        ...

    def says(self, content: bytes, batch: Batch) -> bool:
        """Whether the payment file, read again, says just what the batch does."""
        ...

    def results(self, content: bytes) -> Results:
        """Read a result file.

        Raises:
            BadResults: it is none.
        """
        ...
