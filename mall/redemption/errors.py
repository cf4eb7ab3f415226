"""Why a pay code cannot pay."""

from app.kernel.errors import Conflict, DomainError, Invalid, NotFound, Unavailable


class CodeNotFound(NotFound):
    code = "redemption.code_not_found"
    message = "没有找到这个付款码，请让顾客刷新付款码再扫一次"


class CodeAlreadyUsed(Conflict):
    code = "redemption.code_already_used"
    message = "这个付款码已使用，积分没有再扣。请让顾客刷新付款码"


class CodeExpired(Conflict):
    code = "redemption.code_expired"
    message = "付款码已过期，请让顾客刷新付款码"


class DigitsMistyped(Invalid):
    code = "redemption.digits_mistyped"
    message = "付款数字输错了，请对照顾客的手机再输一遍"


class TooManyWrongDigits(DomainError):
    status = 429
    code = "redemption.too_many_wrong_digits"
    message = "输错次数太多，请等一分钟再输，或直接扫顾客的付款码"


class TooManyCodes(DomainError):
    status = 429
    code = "redemption.too_many_codes"
    message = "刷新得太快了，请稍等一下再刷新付款码"


class DigitsUnavailable(Unavailable):
    code = "redemption.digits_unavailable"
    message = "暂时不能手工输入数字，请扫顾客的付款码"


class ShopNotOpen(Conflict):
    code = "redemption.shop_not_open"
    message = "这家店现在不能收积分，请联系县里的工作人员"


class HouseholdNotBound(Conflict):
    code = "redemption.household_not_bound"
    message = "顾客已不在这一户，不能用这一户的积分付款"


class PointsOverLimit(Invalid):
    code = "redemption.points_over_limit"
    message = "一次最多收 {limit} 分，请分几次收"


class NotEnoughPoints(Conflict):
    code = "redemption.not_enough_points"
    message = "积分不够，还差 {missing} 分。可以少付一些积分"


class RedemptionNotFound(NotFound):
    code = "redemption.not_found"
    message = "没有找到这笔兑换"


class AlreadyVoid(Conflict):
    code = "redemption.already_void"
    message = "这笔兑换的积分已经退回过了，请刷新后查看"


class ShopHasTooLittle(Conflict):
    code = "redemption.shop_has_too_little"
    message = "店铺余额不够退回，还差 {missing} 分。请等店铺有了余额再确认"


class LinesDoNotAddUp(Invalid):
    code = "redemption.lines_do_not_add_up"
    message = "商品合计和价钱对不上，请核对数量和单价"


class HouseholdDayLimit(Conflict):
    code = "redemption.household_day_limit"
    message = "一户一天最多用 {limit} 分，今天还能用 {left} 分"


class ShopDayLimit(Conflict):
    code = "redemption.shop_day_limit"
    message = "这家店一天最多收 {limit} 分，今天还能收 {left} 分"


class ShopCodeDayLimit(Conflict):
    code = "redemption.shop_code_day_limit"
    message = "扫店里的码一天最多付 {limit} 分，今天还能付 {left} 分。可以改用付款码"


class ShopCodeOverLimit(Invalid):
    code = "redemption.shop_code_over_limit"
    message = "扫店里的码一次最多付 {limit} 分，请让店员扫您的付款码"


class ShopCodeNotFound(NotFound):
    code = "redemption.shop_code_not_found"
    message = "这个店铺码不能用了，请扫店里新的码，或让店员扫您的付款码"


class ShopCodeNotMade(NotFound):
    code = "redemption.shop_code_not_made"
    message = "这家店还没有店铺码，请先生成一个"


class CodeAwaitsConfirmation(Conflict):
    code = "redemption.code_awaits_confirmation"
    message = "这个付款码的一笔付款正在等顾客在手机上确认，请稍等"


class PendingNotFound(NotFound):
    code = "redemption.pending_not_found"
    message = "没有找到这笔待确认的付款"


class PendingDecided(Conflict):
    code = "redemption.pending_decided"
    message = "这笔付款已经处理过了，请刷新后查看"


class PendingLapsed(Conflict):
    code = "redemption.pending_lapsed"
    message = "超过两分钟没有确认，这笔付款已作废，积分没有动。请让店员再扫一次"


class VoidTooLate(Conflict):
    code = "redemption.void_too_late"
    message = "只能撤销当天的兑换，以前的请联系县里的工作人员"


class VoidNeedsCustomer(Conflict):
    """Details: after how many ``minutes``."""

    code = "redemption.void_needs_customer"
    message = (
        "付款超过 {minutes} 分钟了，撤销要输入顾客手机上这笔付款的撤销码。"
        "没有撤销码的，请县里的工作人员办理退回"
    )
    is_traced = True


class TooManyWrongVoidCodes(DomainError):
    status = 429
    code = "redemption.too_many_wrong_void_codes"
    message = "撤销码输错太多次了，请等一分钟再输"


class VoidCodeUnavailable(Unavailable):
    code = "redemption.void_code_unavailable"
    message = "现在不能核对撤销码，请稍后再试"


class ReversalTooLate(Conflict):
    """Details: the ``days`` of the term."""

    code = "redemption.reversal_too_late"
    message = "付款超过 {days} 天了，不能再退回。请店铺和顾客自己商量"
