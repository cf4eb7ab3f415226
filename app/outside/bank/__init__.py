"""The bank that holds and moves the county's money. Fen only gives instructions.

``BankGateway`` is the port. ``HttpBank`` speaks to a bank, or to the stand-in, over HTTP;
``desk.DeskBank`` takes payments to one that wants files. ``parse_statements`` reads the statement
file that a bank exports.
"""

from app.outside.bank.gateway import (
    BankGateway,
    BankNotConfigured,
    BankTakesNoFiles,
    BankUnavailable,
    NotSent,
    OutcomeUnknown,
    Payment,
    PaymentConflict,
    PaymentRefused,
    PaymentState,
    PaymentStatus,
    StatementNotReady,
)
from app.outside.bank.http import HttpBank
from app.outside.bank.statement import BadStatement, Statement, StatementLine
from app.outside.bank.statement_files import parse_statements

__all__ = [
    "BadStatement",
    "BankGateway",
    "BankNotConfigured",
    "BankTakesNoFiles",
    "BankUnavailable",
    "HttpBank",
    "NotSent",
    "OutcomeUnknown",
    "Payment",
    "PaymentConflict",
    "PaymentRefused",
    "PaymentState",
    "PaymentStatus",
    "Statement",
    "StatementLine",
    "StatementNotReady",
    "parse_statements",
]
