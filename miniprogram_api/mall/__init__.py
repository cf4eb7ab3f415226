"""Spending points, and what shops and offices do for it."""

from app.web.api import Resources
from miniprogram_api.mall import (
    campaigns,
    cards,
    catalogue,
    deposits,
    merchants,
    orders,
    redemption,
    reversals,
    risk_flags,
    settlement,
    vouchers,
)

RESOURCES: Resources = (
    *redemption.RESOURCES,
    *cards.RESOURCES,
    *merchants.RESOURCES,
    *catalogue.RESOURCES,
    *vouchers.RESOURCES,
    *orders.RESOURCES,
    *campaigns.RESOURCES,
    *settlement.RESOURCES,
    ("/deposits", deposits.bp),
    ("/reversals", reversals.bp),
    ("/risk-flags", risk_flags.bp),
)
