"""The desk of a bank that takes files: payments wait, leave in batches, and results come back.

``DeskBank`` is the ``BankGateway``; ``make_batch`` and ``take_results`` are what people do with
the files. The formats are ``csv_files.CsvFiles`` and ``iso20022.Iso20022``.
"""

from app.outside.bank.desk.batches import (
    BatchNotFound,
    FileNotWhole,
    NothingToPay,
    batch,
    batches,
    content_of,
    make_batch,
    orders_of,
    withdraw,
    write_out,
)
from app.outside.bank.desk.doubts import (
    DOUBTS_AT_ONCE,
    NothingInDoubt,
    believe_refusal,
    contradict_refusal,
    doubts,
    in_doubt,
    may_be_paid_yet,
)
from app.outside.bank.desk.gateway import DeskBank
from app.outside.bank.desk.models import BankBatch, BankOrder, BankResultFile, OrderState
from app.outside.bank.desk.results import ResultsTaken, quarantine, take_results

__all__ = [
    "DOUBTS_AT_ONCE",
    "BankBatch",
    "BankOrder",
    "BankResultFile",
    "BatchNotFound",
    "DeskBank",
    "FileNotWhole",
    "NothingInDoubt",
    "NothingToPay",
    "OrderState",
    "ResultsTaken",
    "batch",
    "batches",
    "believe_refusal",
    "content_of",
    "contradict_refusal",
    "doubts",
    "in_doubt",
    "make_batch",
    "may_be_paid_yet",
    "orders_of",
    "quarantine",
    "take_results",
    "withdraw",
    "write_out",
]
