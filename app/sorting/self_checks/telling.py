"""Telling a household that its photo was rejected, whoever or whatever rejected it."""

from datetime import datetime

from app.messages import notices
from app.photos.models import PhotoFault
from app.sorting.self_checks import advice
from app.sorting.self_checks.models import SelfCheck
from app.sorting.self_checks.notices import PHOTO_REJECTED


def tell_rejected(self_check: SelfCheck, *, at: datetime, fault: PhotoFault | None = None) -> None:
    """Tell the household why, and what to do, once; ``fault`` is that of the photo's file."""
    notice = notices.ToHousehold(
        household_id=self_check.household_id,
        topic=str(self_check.id),
        details={
            "self_check_id": str(self_check.id),
            "said": advice.sentence(self_check, fault),
        },
    )
    notices.tell(PHOTO_REJECTED, [notice], county_id=self_check.county_id, at=at)
