"""Payment files: which payments leave together, and the file as it left."""

import base64
import os
from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from sqlalchemy import select

from app.kernel.db import db, locked
from app.kernel.errors import Conflict, NotFound
from app.kernel.ids import uuid7
from app.kernel.secrets import vault
from app.outside.bank.desk.gateway import DeskBank, payment_of
from app.outside.bank.desk.models import BankBatch, BankOrder
from app.outside.bank.files import ROWS_MAX, Batch, is_writable

FILE_PURPOSE = "bank_batches.file"


class NothingToPay(NotFound):
    code = "bank.nothing_to_pay"
    message = "现在没有等待付款的提现，不需要导出"


class FileNotWhole(Conflict):
    code = "bank.file_not_whole"
    message = "付款文件写好后再读一遍对不上，没有导出，请联系系统管理员"


class BatchNotFound(NotFound):
    code = "bank.batch_not_found"
    message = "没有找到这个付款批次，请刷新后重试"


def make_batch(desk: DeskBank, *, county_id: int, made_by: UUID | None, at: datetime) -> BankBatch:
    """Put every payment of the county that waits into one file; each stays in its batch.

    Raises:
        NothingToPay: none waits.
        FileNotWhole: the file, read again, does not say what it should; nothing is made.
    """
    orders = db.session.scalars(
        locked(
            select(BankOrder)
            .where(BankOrder.county_id == county_id, BankOrder.batch_id.is_(None))
            .order_by(BankOrder.payment_id)
            .limit(ROWS_MAX)
        )
    ).all()
    found = {order.payment_id: (order, payment_of(order)) for order in orders}
    # One payee's text must not spoil everybody's file; the bank never hears of such a payment.
    told = {name: both for name, both in found.items() if is_writable(both[1])}
    if not told:
        raise NothingToPay()
    batch = Batch(uuid7(at), at, tuple(payment for _, payment in told.values()))
    content = desk.format.payments(batch, desk.payer)
    if not desk.format.says(content, batch):
        raise FileNotWhole()
    row = BankBatch(
        id=batch.id,
        county_id=county_id,
        order_count=len(batch.payments),
        total_fen=batch.total_fen,
        file_name=f"payments-{at:%Y%m%d}-{batch.id.hex}.{desk.format.suffix}",
        file_digest=sha256(content).digest(),
        file_sealed=vault().seal(base64.b64encode(content).decode(), FILE_PURPOSE),
        made_by=made_by,
        made_at=at,
    )
    db.session.add(row)
    db.session.flush()
    for order, _ in told.values():
        order.batch_id = row.id
    return row


def batches(county_id: int, *, before: UUID | None, limit: int) -> Sequence[BankBatch]:
    """The county's payment files, newest first."""
    query = select(BankBatch).where(BankBatch.county_id == county_id)
    query = query.order_by(BankBatch.id.desc()).limit(limit)
    if before is not None:
        query = query.where(BankBatch.id < before)
    return db.session.scalars(query).all()


def batch(county_id: int, batch_id: UUID) -> BankBatch:
    """One payment file. Raises BatchNotFound, also for another county's."""
    found = db.session.get(BankBatch, batch_id)
    if found is None or found.county_id != county_id:
        raise BatchNotFound()
    return found


def content_of(batch: BankBatch) -> bytes:
    """The file, as it was made."""
    content = base64.b64decode(vault().unseal(batch.file_sealed, FILE_PURPOSE))
    assert sha256(content).digest() == batch.file_digest, "a payment file was altered"
    return content


def orders_of(batch: BankBatch) -> Sequence[BankOrder]:
    """The payments in the file, locked."""
    return db.session.scalars(
        locked(
            select(BankOrder).where(BankOrder.batch_id == batch.id).order_by(BankOrder.payment_id)
        )
    ).all()


def withdraw(batch: BankBatch, at: datetime) -> None:
    """Let the next file have the payments of one that was never sent to the bank; once."""
    for order in orders_of(batch):
        order.batch_id, order.is_made_anew = None, True
    batch.withdrawn_at = at


def write_out(desk: DeskBank, batch: BankBatch) -> str:
    """Put the file, whole or not at all, into the folder for the bank; its path.

    Its SHA-256 lies beside it, as ``sha256sum --check`` reads it.
    """
    desk.out.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = desk.out / batch.file_name
    told = f"{batch.file_digest.hex()}  {batch.file_name}\n".encode()
    for target, content in (
        (path.with_name(path.name + ".sha256"), told),
        (path, content_of(batch)),
    ):
        draft = target.with_name(f".{target.name}.{os.getpid()}")
        draft.touch(mode=0o600)
        with draft.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(target)
    return str(path)
