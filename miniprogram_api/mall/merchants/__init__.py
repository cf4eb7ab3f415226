"""Merchants and their shops."""

from app.web.api import Resources
from miniprogram_api.mall.merchants import merchant_applications, merchants, near_shops, shops

RESOURCES: Resources = (
    ("/merchants", merchants.bp),
    ("/merchant-applications", merchant_applications.bp),
    ("/shops", shops.bp),
    ("/shops", near_shops.bp),
)
