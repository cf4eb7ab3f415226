"""Issuing the codes that a phone shows."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert

from app.kernel.db import db
from app.kernel.ids import uuid7
from mall.redemption import codes
from mall.redemption.errors import TooManyCodes
from mall.redemption.models import PayCode, PendingPayment

LIFETIME = timedelta(seconds=60)
KEPT_UNUSED = timedelta(days=1)
_ISSUE_TRIES = 8


@dataclass(frozen=True)
class IssuedCode:
    """A code for the phone to show: its only appearance in clear."""

    code: str  # for the QR code
    digits: str  # nine digits to type
    expires_at: datetime


def issue(*, county_id: int, household_id: UUID, user_id: UUID, at: datetime) -> IssuedCode:
    """Give the user a code that pays once within a minute, and end the one they had.

    Raises:
        TooManyCodes: the same user asks many times at the same moment.
    """
    for _ in range(_ISSUE_TRIES):
        db.session.execute(
            update(PayCode)
            .where(
                PayCode.county_id == county_id,
                PayCode.user_id == user_id,
                PayCode.used_at.is_(None),
                PayCode.replaced_at.is_(None),
            )
            .values(replaced_at=at)
            .execution_options(synchronize_session=False)
        )
        secret = codes.new_secret()
        added = (
            insert(PayCode)
            .values(
                county_id=county_id,
                id=uuid7(at),
                digest=codes.qr_digest(county_id, secret.qr),
                digits_digest=codes.digits_digest(county_id, secret.digits),
                household_id=household_id,
                user_id=user_id,
                issued_at=at,
                expires_at=at + LIFETIME,
            )
            .on_conflict_do_nothing()
            .returning(PayCode.id)
        )
        # A conflict means that another code waits with these digits, or that the user asked
        # twice at the same moment: take other digits and end the other code as well.
        if db.session.execute(added).scalar_one_or_none() is not None:
            return IssuedCode(secret.qr, secret.digits, at + LIFETIME)
    raise TooManyCodes()


def forget_old_codes(*, at: datetime) -> int:
    """Remove codes that nobody used or was asked about, a day after they expired.

    Returns how many.
    """
    asked = select(PendingPayment.id).where(
        PendingPayment.county_id == PayCode.county_id, PendingPayment.pay_code_id == PayCode.id
    )
    gone = db.session.execute(
        delete(PayCode)
        .where(
            PayCode.used_at.is_(None),
            PayCode.expires_at < at - KEPT_UNUSED,
            ~asked.exists(),
        )
        .returning(PayCode.id)
        .execution_options(synchronize_session=False)
    )
    return len(gone.all())
