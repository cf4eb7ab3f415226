"""Who has had the codes of a batch in clear, and what becomes of that batch.

The platform's file is in clear: whoever imports it can use a code before it is sold. Then the
household that buys it finds it used. What is faulty is counted by who imported it, and rings.
"""

from datetime import datetime
from uuid import UUID

import structlog
from sqlalchemy import func, select

from app.kernel.db import db
from app.kernel.decisions import SamePerson
from app.messages import notices
from app.register import trust
from app.register.identity.roles import Role
from app.register.regions import queries as regions
from app.register.trust.errors import Related, SameHousehold
from mall.vouchers.errors import OwnBatch
from mall.vouchers.models import CodeState, VoucherBatch, VoucherCode
from mall.vouchers.notices import VOUCHER_BATCH_FAULTY

log = structlog.get_logger(__name__)

FAULTY_RING = 3  # so many of one person's codes that did not work are no chance any more
FAULTY_PERCENT = 1  # and of many this share


def batch_of(county_id: int, code_id: UUID) -> VoucherBatch:
    """The batch with which the code came."""
    of_code = (VoucherCode.county_id == county_id, VoucherCode.id == code_id)
    query = select(VoucherBatch).join(
        VoucherCode,
        (VoucherCode.county_id == VoucherBatch.county_id)
        & (VoucherCode.batch_id == VoucherBatch.id),
    )
    return db.session.scalars(query.where(*of_code)).one()


def refuse_own(code: VoucherCode, household_id: UUID, at: datetime) -> None:
    """Refuse to sell a code to those of whoever has had it in clear.

    They could use it first, say that it did not work, and have their points back.

    Raises:
        OwnBatch: it is the household of who imported it, or one related to theirs.
    """
    imported_by = batch_of(code.county_id, code.id).imported_by
    buyer = trust.Concerned(households=[household_id])
    try:
        trust.beside([], imported_by, concerned=buyer, at=at)
    except (SamePerson, SameHousehold, Related):
        raise OwnBatch() from None


def ring_for_faulty(county_id: int, code_id: UUID, at: datetime) -> None:
    """Tell the auditor and finance, once for each further code, when too many of what one person
    imported were found not to work, in however many batches, and ring."""
    batch = batch_of(county_id, code_id)
    faulty, count = db.session.execute(
        select(func.count().filter(VoucherCode.state == CodeState.FAULTY), func.count())
        .join(
            VoucherBatch,
            (VoucherBatch.county_id == VoucherCode.county_id)
            & (VoucherBatch.id == VoucherCode.batch_id),
        )
        .where(
            VoucherBatch.county_id == county_id,
            VoucherBatch.imported_by.in_(trust.phones_of(batch.imported_by)),
        )
    ).one()
    if faulty < FAULTY_RING or faulty * 100 < count * FAULTY_PERCENT:
        return
    log.error(
        "vouchers.batch_faulty",
        batch_id=str(batch.id),
        faulty=faulty,
        count=count,
        imported_by=str(batch.imported_by),
    )
    details = {
        "batch_id": str(batch.id),
        "imported_by": str(batch.imported_by),
        "imported_on": batch.imported_at.isoformat(),
        "faulty": faulty,
        "count": count,
    }
    county = regions.root(county_id)
    told = [
        notices.ToOfficials(role, county.id, f"{batch.imported_by}:{faulty}", details)
        for role in (Role.AUDITOR, Role.FINANCE)
    ]
    notices.tell(VOUCHER_BATCH_FAULTY, told, county_id=county_id, at=at)
