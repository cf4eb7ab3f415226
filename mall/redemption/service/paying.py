"""Who pays with a pay code, and whether they still may."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, select

from app.kernel.db import db
from app.kernel.ids import uuid7
from app.register.households.models import Binding
from mall.redemption.errors import HouseholdNotBound
from mall.redemption.models import PayCode, PaymentMethod
from mall.redemption.service.taking import Payer


def payer_with(pay_code: PayCode) -> Payer:
    """The household and the user whose code it is."""
    return Payer(
        county_id=pay_code.county_id,
        household_id=pay_code.household_id,
        payment_method=PaymentMethod.PAY_CODE,
        user_id=pay_code.user_id,
        pay_code_id=pay_code.id,
        redemption_id=pay_code.redemption_id,
    )


def use(pay_code: PayCode, at: datetime) -> Payer:
    """Mark the code as used, which nobody else can use now; returns who pays with it."""
    pay_code.replaced_at = None
    pay_code.used_at, pay_code.redemption_id = at, uuid7(at)
    return payer_with(pay_code)


_BOUND = select(Binding.id).where(
    Binding.user_id == bindparam("user"),
    Binding.household_id == bindparam("household"),
    Binding.ended_at.is_(None),
)


def check_bound(household_id: UUID, user_id: UUID) -> None:
    """Raises HouseholdNotBound when the user no longer acts for the household."""
    asked = {"user": user_id, "household": household_id}
    if db.session.connection().scalar(_BOUND, asked) is None:
        raise HouseholdNotBound()
