"""The port to platforms outside, and the adapter that works with codes imported in batches."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Protocol
from uuid import UUID

from sqlalchemy import func, select

from app.kernel import clock
from app.kernel.db import db, locked
from mall.vouchers.errors import SoldOut
from mall.vouchers.models import Adapter, CodeState, Platform, VoucherCode, VoucherKind


class OutsideShop(Protocol):
    """A platform, as the sale of its vouchers sees it.

    ``sell`` runs inside the transaction of the purchase, so it may touch the database only: a
    platform with an interface of its own is asked for codes ahead, by a job.
    """

    def sell(self, kind: VoucherKind, *, at: datetime) -> VoucherCode:
        """A code that is sold to nobody else. Raises SoldOut."""
        ...

    def left(self, kind_ids: Collection[UUID], *, on: date) -> dict[UUID, int]:
        """How many of each kind can still be sold on the day."""
        ...


class ImportedCodes:
    """Sells the codes that the county imported, those that end first before the others."""

    def sell(self, kind: VoucherKind, *, at: datetime) -> VoucherCode:
        """The code is marked as sold.

        Codes that other buyers hold at this moment are passed by: should one of them fail to pay,
        its code is for sale again, but this buyer may have heard that all are gone.
        """
        free = (
            select(VoucherCode)
            .where(
                VoucherCode.county_id == kind.county_id,
                VoucherCode.kind_id == kind.id,
                VoucherCode.state == CodeState.FREE,
                VoucherCode.last_on >= clock.day_of(at),
            )
            .order_by(VoucherCode.last_on, VoucherCode.id)
            .limit(1)
        )
        code = db.session.scalar(locked(free, skip_taken=True))
        if code is None:
            raise SoldOut()
        code.state = CodeState.SOLD
        return code

    def left(self, kind_ids: Collection[UUID], *, on: date) -> dict[UUID, int]:
        counts = db.session.execute(
            select(VoucherCode.kind_id, func.count())
            .where(
                VoucherCode.kind_id.in_(kind_ids),
                VoucherCode.state == CodeState.FREE,
                VoucherCode.last_on >= on,
            )
            .group_by(VoucherCode.kind_id)
        )
        return {**dict.fromkeys(kind_ids, 0), **{row[0]: row[1] for row in counts}}


_ADAPTERS: dict[Adapter, OutsideShop] = {Adapter.CODES: ImportedCodes()}


def outside_shop(platform: Platform) -> OutsideShop:
    """How this platform is reached."""
    return _ADAPTERS[platform.adapter]
