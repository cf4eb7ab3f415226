"""Selling recyclables."""

from app.web.api import Resources
from miniprogram_api.recycling import sales

RESOURCES: Resources = (
    ("/sales", sales.bp),
    ("/sale-days", sales.days_bp),
    ("/recyclers", sales.recyclers_bp),
)
