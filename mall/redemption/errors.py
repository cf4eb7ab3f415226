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
