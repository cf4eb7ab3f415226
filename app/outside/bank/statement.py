"""What a statement says, whichever format the bank gave it in, and why a file is none."""

import re
from dataclasses import dataclass
from datetime import date

from app.kernel.errors import Invalid

FILE_BYTES_MAX = 5 * 1024 * 1024
ROWS_MAX = 50_000
PROBLEMS_SHOWN_MAX = 100
NO_REFERENCE = "NOTPROVIDED"  # as ISO 20022 says that there is none
_OURS = re.compile("[0-9A-Fa-f]{32}")


class BadStatement(Invalid):
    """Details: ``count`` and the first ``problems``, each with row, column and what is wrong."""

    code = "bank.bad_statement"
    message = "对账单有 {count} 处问题，没有导入。请按提示核对，或从银行重新下载后再导入"

    @classmethod
    def one(cls, problem: str, row: int | None = None) -> "BadStatement":
        """Refused for one thing that is wrong."""
        return cls(count=1, problems=[{"row": row, "column": None, "problem": problem}])


@dataclass(frozen=True)
class StatementLine:
    bank_reference: str  # 流水号; banks begin anew each day, and may repeat one
    booked_on: date
    amount_fen: int  # positive: into our custody account; negative: out of it
    counterparty_name: str
    counterparty_account: str
    purpose: str
    payment_id: str | None  # our instruction's id, as the bank repeats it
    is_bloc: bool = False  # several transactions in one sum, and not told which


@dataclass(frozen=True)
class Statement:
    account: str
    on: date
    opening_fen: int
    closing_fen: int
    lines: tuple[StatementLine, ...]


def payment_id_in(text: str) -> str | None:
    """Our instruction's id as we wrote it: banks return it in capitals, or say there is none."""
    if text in {"", NO_REFERENCE}:
        return None
    return text.lower() if _OURS.fullmatch(text) else text
