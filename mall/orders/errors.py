"""Why an order cannot be placed, or does not go on."""

from app.kernel.errors import Conflict, DomainError, Invalid, NotFound, Unavailable


class OrderNotFound(NotFound):
    code = "orders.not_found"
    message = "没有找到这张订单，请刷新后查看"


class LineNotFound(NotFound):
    code = "orders.line_not_found"
    message = "订单里没有这件商品，请刷新后查看"


class OneShopOnly(Invalid):
    code = "orders.one_shop_only"
    message = "一张订单只能买一家店的东西，请分开下单"


class NoDelivery(Conflict):
    code = "orders.no_delivery"
    message = "这家店不送货，请选到店自取"


class ShopSuspended(Conflict):
    code = "orders.shop_suspended"
    message = "这家店现在不能收积分，请联系县里的工作人员"


class PriceDiffers(Conflict):
    """Details: ``points`` that it costs now, ``shown`` to the household."""

    code = "orders.price_differs"
    message = "价格变了：现在一共 {points} 分，您刚才看到的是 {shown} 分。请看过新价格再下单"


class NotEnoughPoints(Conflict):
    code = "orders.not_enough_points"
    message = "积分不够，一共要 {needed} 分，还差 {missing} 分"


class StepNotPossible(Conflict):
    """Details: ``state`` of the order, ``words`` for it."""

    code = "orders.step_not_possible"
    message = "这张订单现在是“{words}”，不能这样做了，请刷新后查看"


class AlreadyPreparing(Conflict):
    code = "orders.already_preparing"
    message = "商店已经开始备货，不能自己取消了，请和商店联系"


class DeliveryNeedsCode(Invalid):
    """Details: up to how many points a name is enough, ``limit``."""

    code = "orders.delivery_needs_code"
    message = "送到的东西超过 {limit} 分，要请这一户打开手机上的取货码给您看，只写名字不行"


class CodeWrong(Invalid):
    code = "orders.code_wrong"
    message = "取货码不对，请让顾客重新打开取货码再输一次"


class TooManyWrongCodes(DomainError):
    status = 429
    code = "orders.too_many_wrong_codes"
    message = "输错次数太多，请等一分钟再输"


class CodeUnavailable(Unavailable):
    code = "orders.code_unavailable"
    message = "暂时不能核对取货码，请过几分钟再试"


class CodeNeeded(Invalid):
    code = "orders.code_needed"
    message = "到店自取要核对取货码，请让顾客打开取货码"


class NothingLeft(Invalid):
    code = "orders.nothing_left"
    message = "一件也没有交给顾客，请直接取消订单"


class SubstitutePending(Conflict):
    code = "orders.substitute_pending"
    message = "还有一件替换商品在等顾客答复，请等答复后再继续"


class SubstituteTooDear(Conflict):
    """Details: ``points`` that it costs, ``points_max`` of what it stands in for."""

    code = "orders.substitute_too_dear"
    message = "替换的商品要 {points} 分，不能超过原来的 {points_max} 分，请换一件"


class SubstituteIsSame(Invalid):
    code = "orders.substitute_is_same"
    message = "替换的商品和原来的一样，请换一件"


class SubstituteOver(Conflict):
    code = "orders.substitute_over"
    message = "这件替换商品已经处理过，或者过了答复时间，请刷新后查看"


class RefundTooLate(Conflict):
    code = "orders.refund_too_late"
    message = "交货已经超过 {days} 天，商店不能退了，请联系县里的工作人员"


class RefundTooMuch(Conflict):
    """Details: ``left``, the pieces that were not refunded yet."""

    code = "orders.refund_too_much"
    message = "这件商品最多还能退 {left} 件"


class ShopHasTooLittle(Conflict):
    code = "orders.shop_has_too_little"
    message = "店铺余额不够退回，还差 {missing} 分，请等店铺有了余额再退"


class OrdersOpen(Conflict):
    """Details: ``orders`` of a household that is to end."""

    code = "register.orders_open"
    message = "这一户还有 {orders} 个订单没有交货，请先取货或取消，再办并户"
