"""What time does to vouchers: codes past their day, buyers to remind, kinds that run out."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, func, select, update

from app.kernel import audit, clock
from app.kernel.db import db
from app.messages import notices
from app.register.identity.roles import Role
from app.register.regions import queries as regions
from mall.vouchers import queries
from mall.vouchers.models import (
    CodeState,
    PurchaseState,
    VoucherBatch,
    VoucherCode,
    VoucherPurchase,
)
from mall.vouchers.notices import VOUCHER_EXPIRES, VOUCHERS_LOW
from mall.vouchers.queries import Stock

NOTICE_DAYS = 7


@dataclass(frozen=True)
class Withdrawn:
    """How many codes passed their last day before anybody bought them."""

    county_id: int
    codes: int


def withdraw_expired(*, at: datetime) -> list[Withdrawn]:
    """Take unsold codes whose last day has passed out of the stock, by county."""
    gone = db.session.scalars(
        update(VoucherCode)
        .where(
            VoucherCode.state.in_([CodeState.FREE, CodeState.WAITING]),
            VoucherCode.last_on < clock.day_of(at),
        )
        .values(state=CodeState.EXPIRED)
        .returning(VoucherCode.county_id)
        .execution_options(synchronize_session=False)
    ).all()
    found = [Withdrawn(county_id, gone.count(county_id)) for county_id in sorted(set(gone))]
    for each in found:
        audit.record(
            "vouchers.withdraw_expired",
            county_id=each.county_id,
            actor_id=None,
            subject=("county", each.county_id),
            at=at,
            codes=each.codes,
        )
    return found


def remind(*, county_id: int, at: datetime) -> int:
    """Tell households of bought vouchers that end within seven days, each once.

    Those that the household noted as used are left out. Returns how many notices are new.
    """
    today = clock.day_of(at)
    rows = db.session.execute(
        select(VoucherPurchase.id, VoucherPurchase.household_id, VoucherCode.last_on)
        .join(
            VoucherCode,
            and_(
                VoucherCode.county_id == VoucherPurchase.county_id,
                VoucherCode.id == VoucherPurchase.code_id,
            ),
        )
        .where(
            VoucherPurchase.county_id == county_id,
            VoucherPurchase.state == PurchaseState.BOUGHT,
            VoucherPurchase.used_at.is_(None),
            VoucherCode.last_on.between(today, today + timedelta(days=NOTICE_DAYS)),
        )
        .order_by(VoucherPurchase.id)
    )
    told = [
        notices.ToHousehold(
            household_id=household_id,
            topic=f"{purchase_id}:{last_on}",
            details={
                "purchase_id": str(purchase_id),
                "last_on": last_on.isoformat(),
                "days_left": (last_on - today).days,
            },
        )
        for purchase_id, household_id, last_on in rows
    ]
    return notices.tell(VOUCHER_EXPIRES, told, county_id=county_id, at=at)


def ring_low(*, county_id: int, at: datetime) -> list[Stock]:
    """Tell the county's administrators which kinds run out: once for each batch.

    Returns all that are low now.
    """
    low = queries.low_stocks(county_id)
    if not low:
        return []
    batches = {
        row[0]: row[1]
        for row in db.session.execute(
            select(VoucherBatch.kind_id, func.count())
            .where(
                VoucherBatch.county_id == county_id,
                VoucherBatch.kind_id.in_([stock.id for stock in low]),
            )
            .group_by(VoucherBatch.kind_id)
        )
    }
    county = regions.root(county_id)
    told = [
        notices.ToOfficials(
            role=Role.COUNTY_ADMIN,
            region_id=county.id,
            topic=f"{stock.id}:{batches.get(stock.id, 0)}",
            details={"kind_id": str(stock.id), "left": stock.left},
        )
        for stock in low
    ]
    notices.tell(VOUCHERS_LOW, told, county_id=county_id, at=at)
    return low
