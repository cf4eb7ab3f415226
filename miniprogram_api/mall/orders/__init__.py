"""Orders, of households and at shops."""

from app.web.api import Resources
from miniprogram_api.mall.orders import orders, shop_orders

RESOURCES: Resources = (
    ("/orders", orders.bp),
    ("/orders", shop_orders.bp),
)
