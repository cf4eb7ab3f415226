"""Vouchers of chain stores and online malls."""

from app.web.api import Resources
from miniprogram_api.mall.vouchers import voucher_claims, voucher_office, vouchers

RESOURCES: Resources = (
    ("/vouchers", vouchers.bp),
    ("/vouchers", voucher_office.bp),
    ("/vouchers/claims", voucher_claims.bp),
)
