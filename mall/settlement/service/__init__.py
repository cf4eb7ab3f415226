"""Commands of settlement, one module for each thing they change."""

from mall.settlement.service.allotments import (
    approve_allotment,
    decline_allotment,
    propose_allotment,
)
from mall.settlement.service.batches import export_batch, import_results
from mall.settlement.service.cash_outs import ask, decline, release
from mall.settlement.service.closing import close_day
from mall.settlement.service.entries import book_entry
from mall.settlement.service.hints import hint
from mall.settlement.service.sending import (
    ask_again,
    begin_inquiry,
    begin_sending,
    record_answer,
    record_conflict,
    record_not_sent,
)
from mall.settlement.service.statements import Imported, import_statement

__all__ = [
    "Imported",
    "approve_allotment",
    "ask",
    "ask_again",
    "begin_inquiry",
    "begin_sending",
    "book_entry",
    "close_day",
    "decline",
    "decline_allotment",
    "export_batch",
    "hint",
    "import_results",
    "import_statement",
    "propose_allotment",
    "record_answer",
    "record_conflict",
    "record_not_sent",
    "release",
]
