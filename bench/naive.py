"""The ledger as it is often written: rows read, added to and written back through the ORM.

It locks what it reads and is therefore right; it is here to be compared with. ``served()`` is the
whole application with one more view, which redeems on these tables what Fen redeems on its own:
same server, same log-in, same idempotency, same checks of the code.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Blueprint, Flask, request
from sqlalchemy import MetaData, select
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from app.kernel import audit, clock
from app.kernel.db import Model, db, locked
from app.kernel.ids import uuid7
from app.register.identity.roles import Role
from app.web.auth import caller, requires
from app.web.idempotency import idempotent
from mall.redemption import codes
from mall.redemption.models import PayCode
from operations.factory import create_app


class NaiveModel(DeclarativeBase):
    metadata = MetaData()
    type_annotation_map = Model.type_annotation_map


class Account(NaiveModel):
    __tablename__ = "naive_accounts"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    balance: Mapped[int]


class Transfer(NaiveModel):
    __tablename__ = "naive_transfers"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(unique=True)
    debit_id: Mapped[UUID] = mapped_column(index=True)
    credit_id: Mapped[UUID] = mapped_column(index=True)
    amount: Mapped[int]
    posted_at: Mapped[datetime]


def post(*, reference: str, debit_id: UUID, credit_id: UUID, amount: int, at: datetime) -> bool:
    """Move an amount; False when it was moved before."""
    query = select(Account).where(Account.id.in_([debit_id, credit_id])).order_by(Account.id)
    accounts = {account.id: account for account in db.session.scalars(locked(query))}
    if db.session.scalar(select(Transfer).where(Transfer.reference == reference)):
        return False
    debit, credit = accounts[debit_id], accounts[credit_id]
    if debit.balance < amount:
        raise ValueError("too little")
    debit.balance -= amount
    credit.balance += amount
    db.session.add(
        Transfer(
            id=uuid7(at),
            reference=reference,
            debit_id=debit_id,
            credit_id=credit_id,
            amount=amount,
            posted_at=at,
        )
    )
    db.session.flush()
    return True


bp = Blueprint("naive", __name__)


@bp.post("/naive/redemptions")
@requires(Role.CLERK)
@idempotent
def redeem() -> Any:
    body, who, at = request.get_json(), caller(), clock.now()
    digest = codes.qr_digest(who.county_id, body["code"])
    found = select(PayCode).where(PayCode.county_id == who.county_id, PayCode.digest == digest)
    pay_code = db.session.scalars(locked(found)).one()
    if pay_code.used_at is not None or pay_code.expires_at <= at:
        return {"code": "used"}, 409
    redemption_id = uuid7(at)
    pay_code.used_at, pay_code.redemption_id = at, redemption_id
    audit.record(
        "naive.redeem",
        county_id=who.county_id,
        actor_id=who.user_id,
        subject=("redemption", redemption_id),
        at=at,
        points=body["points"],
    )
    (shop_id,) = who.places(Role.CLERK)
    post(
        reference=f"redemption:{redemption_id}",
        debit_id=pay_code.household_id,
        credit_id=shop_id,
        amount=body["points"],
        at=at,
    )
    return {"id": str(redemption_id)}, 201


def served() -> Flask:
    """Fen with the naive view beside its own; for gunicorn."""
    app = create_app()
    app.register_blueprint(bp)
    return app
