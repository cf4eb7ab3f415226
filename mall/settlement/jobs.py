"""Background work of settlement: talking to the bank, and booking what its statement says.

They have a queue, a worker and a role of the database of their own: nobody else may move what the
bank's word moves. Each job may run twice, at any time, or never: the rows say what is
left to do, and the sweeps find them.
"""

from datetime import timedelta
from uuid import UUID

import structlog

from app import outside
from app.kernel import clock
from app.kernel.db import transaction
from app.kernel.jobs import BANK_QUEUE, job, sweep, take_up
from app.outside.bank import (
    NotSent,
    OutcomeUnknown,
    PaymentConflict,
    PaymentRefused,
    PaymentState,
    PaymentStatus,
    desk,
)
from mall.settlement import days, queries
from mall.settlement import service as settlement

log = structlog.get_logger(__name__)

SWEPT_AT_ONCE = 500
# A statement younger than this is still being booked by the job of its import.
BOOKED_AFTER = timedelta(minutes=3)


@job(BANK_QUEUE)
def go_on(county_id: str, cash_out_id: str) -> None:
    """Take a cash-out one exchange further: send it if that is allowed, else ask if it is due."""
    county, cash_out = int(county_id), UUID(cash_out_id)
    # A bank that is not configured stops here, before anything says that something was sent.
    outside.bank()
    try:
        if not _send(county, cash_out):
            _inquire(county, cash_out)
    except Exception:
        with transaction():
            settlement.put_off_cash_out(county_id=county, cash_out_id=cash_out, at=clock.now())
        raise


@job(BANK_QUEUE)
def book_statement(county_id: str, statement_id: str) -> None:
    """Book the lines of a statement that still wait, one transaction each."""
    county = int(county_id)
    for entry_id in queries.waiting_entries(county, UUID(statement_id)):
        _book(county, entry_id)
    for entry_id in queries.woken_entries(county):
        _book(county, entry_id)
    _release(county)


@job(BANK_QUEUE)
def write_batch(county_id: str, batch_id: str) -> None:
    """Put a payment file into the folder for the bank; without it, it is fetched or exported."""
    desk.write_out(outside.bank_desk(), desk.batch(int(county_id), UUID(batch_id)))


@sweep("* * * * *", queue=BANK_QUEUE)
def go_on_with_due() -> None:
    """Find the cash-outs that wait for a next step, also those that a dead process left."""
    for county_id, cash_out_id in queries.due_cash_outs(clock.now(), limit=SWEPT_AT_ONCE):
        take_up(go_on, str(county_id), str(cash_out_id))


@sweep("* * * * *", queue=BANK_QUEUE)
def book_waiting() -> None:
    """Find statements with lines that nobody has booked yet."""
    before = clock.now() - BOOKED_AFTER
    for county_id, statement_id in queries.waiting_statements(before, limit=SWEPT_AT_ONCE):
        take_up(book_statement, str(county_id), str(statement_id))


@sweep("10 * * * *", queue=BANK_QUEUE)
def release_doubtful() -> None:
    """Free what a file called refused, once the statements that must show it do not."""
    for county_id in days.counties_with_custody():
        _release(county_id)


@sweep("30 7 * * *")
def ring_for_yesterday() -> None:
    """Ring when the day before is not in order: no statement, differences, money in flight."""
    yesterday = clock.day_of(clock.now()) - timedelta(days=1)
    for county_id in days.counties_with_custody():
        why = days.trouble(county_id, yesterday)
        if why is not None:
            log.error(
                "settlement.day_not_in_order",
                county_id=county_id,
                on=yesterday.isoformat(),
                why=why,
                stuck_in_flight_fen=days.stuck_in_flight_fen(county_id, yesterday),
            )


def _book(county_id: int, entry_id: UUID) -> None:
    """One line; what cannot be booked is counted, and keeps no other line waiting."""
    try:
        with transaction():
            settlement.book_entry(county_id=county_id, entry_id=entry_id, at=clock.now())
    except Exception as error:
        log.exception("settlement.line_failed", entry_id=str(entry_id), error=type(error).__name__)
        with transaction():
            settlement.put_off(county_id=county_id, entry_id=entry_id, at=clock.now())


def _release(county_id: int) -> None:
    with transaction():
        freed = settlement.release_what_statements_deny(county_id=county_id, at=clock.now())
    for payment_id in freed:
        log.warning("settlement.refusal_believed", payment_id=payment_id)


def _send(county_id: int, cash_out_id: UUID) -> bool:
    """Send the instruction. The row says so, committed, before the first byte leaves."""
    with transaction():
        payment = settlement.begin_sending(
            county_id=county_id, cash_out_id=cash_out_id, at=clock.now()
        )
    if payment is None:
        return False
    try:
        answer = outside.bank().submit(payment)
    except PaymentRefused as refused:
        answer = PaymentStatus(PaymentState.REJECTED, refused.reason)
    except PaymentConflict:
        with transaction():
            settlement.record_conflict(county_id=county_id, cash_out_id=cash_out_id, at=clock.now())
        return True
    except NotSent:
        with transaction():
            settlement.record_not_sent(county_id=county_id, cash_out_id=cash_out_id, at=clock.now())
        return True
    except OutcomeUnknown:
        _record(county_id, cash_out_id, None)
        return True
    _record(county_id, cash_out_id, answer)
    return True


def _inquire(county_id: int, cash_out_id: UUID) -> None:
    with transaction():
        payment_id = settlement.begin_inquiry(
            county_id=county_id, cash_out_id=cash_out_id, at=clock.now()
        )
    if payment_id is None:
        return
    try:
        answer = outside.bank().query(payment_id)
    except OutcomeUnknown:
        _record(county_id, cash_out_id, None)
        return
    _record(county_id, cash_out_id, answer)


def _record(county_id: int, cash_out_id: UUID, answer: PaymentStatus | None) -> None:
    with transaction():
        settlement.record_answer(
            county_id=county_id, cash_out_id=cash_out_id, answer=answer, at=clock.now()
        )
