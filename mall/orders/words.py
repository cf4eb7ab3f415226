"""What the states of an order are called."""

from collections.abc import Mapping
from types import MappingProxyType

from mall.orders.models import OrderState, Way

STATES: Mapping[OrderState, str] = MappingProxyType(
    {
        OrderState.PLACED: "等商店备货",
        OrderState.PREPARING: "正在备货",
        OrderState.READY: "备好了",
        OrderState.ON_THE_WAY: "正在送",
        OrderState.HANDED_OVER: "已交货",
        OrderState.CANCELLED: "已取消",
    }
)
WAYS: Mapping[Way, str] = MappingProxyType({Way.PICK_UP: "到店自取", Way.DELIVERY: "送到组里"})
OUT_OF_STOCK = "商品缺货"  # why an order ends of which nothing is left
