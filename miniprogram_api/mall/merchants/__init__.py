"""Merchants and their shops."""

from app.web.api import Resources
from miniprogram_api.mall.merchants import (
    merchant_applications,
    merchant_visits,
    merchants,
    near_shops,
    shops,
)

RESOURCES: Resources = (
    ("/merchants", merchants.bp),
    ("/merchant-applications", merchant_applications.bp),
    ("/merchant-visits", merchant_visits.bp),
    ("/shops", shops.bp),
    ("/shops", near_shops.bp),
)
