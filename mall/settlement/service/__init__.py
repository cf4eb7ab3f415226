"""Commands of settlement, one module for each thing they change."""

from mall.settlement.service.allotments import (
    approve_allotment,
    decline_allotment,
    propose_allotment,
)
from mall.settlement.service.cash_outs import ask, decline, release
from mall.settlement.service.entries import book_entry
from mall.settlement.service.sending import (
    begin_inquiry,
    begin_sending,
    record_answer,
    record_conflict,
)
from mall.settlement.service.statements import Imported, import_statement

__all__ = [
    "Imported",
    "approve_allotment",
    "ask",
    "begin_inquiry",
    "begin_sending",
    "book_entry",
    "decline",
    "decline_allotment",
    "import_statement",
    "propose_allotment",
    "record_answer",
    "record_conflict",
    "release",
]
