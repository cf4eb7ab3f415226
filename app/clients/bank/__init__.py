"""The bank that holds and moves the county's money. Fen only gives instructions.

``BankGateway`` is the port; ``HttpBank`` is its first adapter. ``parse_statement`` reads the
statement file that a bank exports.
"""

from app.clients.bank.gateway import (
    BankGateway,
    BankNotConfigured,
    BankUnavailable,
    OutcomeUnknown,
    Payment,
    PaymentConflict,
    PaymentRefused,
    PaymentState,
    PaymentStatus,
    StatementNotReady,
)
from app.clients.bank.http import HttpBank
from app.clients.bank.statement import BadStatement, Statement, StatementLine, parse_statement

__all__ = [
    "BadStatement",
    "BankGateway",
    "BankNotConfigured",
    "BankUnavailable",
    "HttpBank",
    "OutcomeUnknown",
    "Payment",
    "PaymentConflict",
    "PaymentRefused",
    "PaymentState",
    "PaymentStatus",
    "Statement",
    "StatementLine",
    "StatementNotReady",
    "parse_statement",
]
