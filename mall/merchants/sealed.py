"""Where its sealed values lie, for who seals them anew."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from app.kernel import audit
from app.kernel.db import db
from app.kernel.secrets import SealedColumn
from mall.merchants.accounts import PURPOSE
from mall.merchants.applications import PHONE_PURPOSE
from mall.merchants.models import Merchant


def _tell(rows: Sequence[Mapping[str, Any]], by: UUID | None, at: datetime) -> None:
    """The proof compares a merchant's account with the digest that the trace has of it."""
    for row in rows:
        merchant = db.session.get_one(Merchant, row["id"], populate_existing=True)
        audit.record(
            "merchants.reseal_payee",
            county_id=merchant.county_id,
            actor_id=by,
            subject=("merchant", merchant.id),
            at=at,
            payee=merchant.payee_digest,
        )


SEALED = (
    SealedColumn(
        "merchants",
        "payee_account_sealed",
        PURPOSE,
        bound_to="id",
        may_be_unbound=True,
        told=_tell,
    ),
    SealedColumn("merchants", "contact_phone_sealed", PHONE_PURPOSE),
    SealedColumn(
        "merchant_applications", "payee_account_sealed", PURPOSE, bound_to="id", may_be_unbound=True
    ),
    SealedColumn("merchant_applications", "contact_phone_sealed", PHONE_PURPOSE),
)
