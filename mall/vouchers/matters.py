"""What of vouchers is not settled: codes that did not work."""

from sqlalchemy import select

from app.photos.matters import open_matter
from mall.vouchers.models import ClaimState, VoucherClaim

open_matter(
    "voucher_claims",
    select(VoucherClaim.county_id, VoucherClaim.household_id).where(
        VoucherClaim.state != ClaimState.DECIDED
    ),
)
