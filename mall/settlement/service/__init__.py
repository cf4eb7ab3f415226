"""Commands of settlement, one module for each thing they change."""

from mall.settlement.service.allotments import (
    approve_allotment,
    decline_allotment,
    propose_allotment,
)
from mall.settlement.service.batches import (
    confirm_refusal,
    export_batch,
    import_results,
    release_what_statements_deny,
)
from mall.settlement.service.cash_outs import ask, decline, payable, release
from mall.settlement.service.closing import close_day
from mall.settlement.service.confirming import confirm_statement
from mall.settlement.service.custody import custody_account, enter_account
from mall.settlement.service.entries import book_entry, put_off
from mall.settlement.service.hints import hint
from mall.settlement.service.sending import (
    ask_again,
    begin_inquiry,
    begin_sending,
    put_off_cash_out,
    record_answer,
    record_conflict,
    record_not_sent,
)
from mall.settlement.service.statements import Imported, import_file

__all__ = [
    "Imported",
    "approve_allotment",
    "ask",
    "ask_again",
    "begin_inquiry",
    "begin_sending",
    "book_entry",
    "close_day",
    "confirm_refusal",
    "confirm_statement",
    "custody_account",
    "decline",
    "decline_allotment",
    "enter_account",
    "export_batch",
    "hint",
    "import_file",
    "import_results",
    "payable",
    "propose_allotment",
    "put_off",
    "put_off_cash_out",
    "record_answer",
    "record_conflict",
    "record_not_sent",
    "release",
    "release_what_statements_deny",
]
