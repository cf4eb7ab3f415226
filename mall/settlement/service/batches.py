"""Payment files out and result files in, for a bank that takes files."""

from datetime import datetime
from uuid import UUID

from app import outside
from app.kernel import audit
from app.outside.bank import desk
from mall.settlement.service.hints import hint


def export_batch(*, county_id: int, made_by: UUID | None, at: datetime) -> desk.BankBatch:
    """Put all payments of the county that wait for the bank into one payment file.

    Raises:
        app.outside.bank.BankTakesNoFiles, app.outside.bank.desk.NothingToPay.
    """
    batch = desk.make_batch(outside.bank_desk(), county_id=county_id, made_by=made_by, at=at)
    audit.record(
        "settlement.export_batch",
        county_id=county_id,
        actor_id=made_by,
        subject=("bank_batch", batch.id),
        at=at,
        count=batch.order_count,
        total_fen=batch.total_fen,
        sha256=batch.file_digest.hex(),
    )
    return batch


def import_results(
    *, county_id: int, content: bytes, received_by: UUID | None, at: datetime
) -> desk.ResultsTaken:
    """Take in the bank's result file; cash-outs with a new word of the bank are due at once.

    A file that is not beyond doubt goes to quarantine and moves nothing.

    Raises:
        app.outside.bank.BankTakesNoFiles: the bank is asked directly.
        app.outside.bank.desk.BatchNotFound: it is about another county's batch.
        app.outside.bank.files.BadResults: the file cannot be read.
    """
    taken = desk.take_results(
        outside.bank_desk(), content, county_id=county_id, received_by=received_by, at=at
    )
    if taken.is_repeat:
        return taken
    audit.record(
        "settlement.import_results",
        county_id=county_id,
        actor_id=received_by,
        subject=("bank_result_file", taken.file.id),
        at=at,
        lines=taken.file.line_count,
        changed=len(taken.changed),
        problems=len(taken.file.problems),
    )
    for payment_id in taken.changed:
        hint(payment_id=payment_id, at=at)
    return taken
