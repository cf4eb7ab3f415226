"""Paying at a shop."""

from app.web.api import Resources
from miniprogram_api.mall.redemption import (
    pay_codes,
    pending_payments,
    redemptions,
    shop_codes,
    shop_counters,
)

RESOURCES: Resources = (
    ("/pay-codes", pay_codes.bp),
    ("/redemptions", redemptions.bp),
    ("/pending-payments", pending_payments.bp),
    ("/shop-codes", shop_codes.bp),
    ("/shops", shop_counters.bp),
)
