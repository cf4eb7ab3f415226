"""What the sale of vouchers refuses."""

from app.kernel.errors import Conflict, Forbidden, Invalid, NotFound


class PlatformNotFound(NotFound):
    code = "vouchers.platform_not_found"
    message = "没有找到这个平台，请刷新后重新选择"


class PlatformTaken(Conflict):
    code = "vouchers.platform_taken"
    message = "已经有同名的平台，或这家店已经属于另一个平台"


class NotAMall(Conflict):
    code = "vouchers.not_a_mall"
    message = "这家店不是商城，请先把它设为商城，再登记平台"


class KindNotFound(NotFound):
    code = "vouchers.kind_not_found"
    message = "没有找到这种券，请刷新后查看"


class KindTaken(Conflict):
    code = "vouchers.kind_taken"
    message = "这个平台已经有同名的券，请换一个名字"


class KindWithdrawn(Conflict):
    code = "vouchers.kind_withdrawn"
    message = "这种券已经下架，请看看别的"


class PriceAboveMarket(Invalid):
    code = "vouchers.price_above_market"
    message = "积分价不能高于市场价，请重新填写"


class RegionNotFound(NotFound):
    code = "vouchers.region_not_found"
    message = "没有找到这个地方，请重新选择谁可以买"


class NotOnSale(Conflict):
    code = "vouchers.not_on_sale"
    message = "这个平台的券现在不卖，请以后再来看看"


class NotForYou(Conflict):
    code = "vouchers.not_for_you"
    message = "这种券只卖给指定村镇的居民"


class OverLimit(Conflict):
    """``limit`` is what a household may buy in a month."""

    code = "vouchers.over_limit"
    message = "这种券每户每月限买 {limit} 张，您家这个月已经买满了"


class PriceDiffers(Conflict):
    """``points`` is what it costs now."""

    code = "vouchers.price_differs"
    message = "这种券现在是 {points} 分，请看好价格再买"


class SoldOut(Conflict):
    code = "vouchers.sold_out"
    message = "这种券卖完了，积分没有扣。请以后再来看看"


class NotEnoughPoints(Conflict):
    code = "vouchers.not_enough_points"
    message = "积分不够，还差 {missing} 分"


class PurchaseNotFound(NotFound):
    code = "vouchers.purchase_not_found"
    message = "没有找到这张券，请刷新后查看"


class PurchaseRefunded(Conflict):
    code = "vouchers.refunded"
    message = "这张券已经退了，积分已经回到您家"


class CodeGone(Conflict):
    """Its last day was a year ago (``retention``)."""

    code = "vouchers.code_gone"
    message = "这张券过期一年多了，券码已经删除"


class ClaimNotFound(NotFound):
    code = "vouchers.claim_not_found"
    message = "没有找到这个问题，请刷新后查看"


class ClaimedAlready(Conflict):
    code = "vouchers.claimed_already"
    message = "这张券的问题已经报过了，请等工作人员答复"


class ClaimTooLate(Conflict):
    code = "vouchers.claim_too_late"
    message = "这张券已经过期，不能再报问题"


class NothingProposed(Conflict):
    code = "vouchers.nothing_proposed"
    message = "还没有人提出怎么处理，请先提出"


class ProposedAlready(Conflict):
    code = "vouchers.proposed_already"
    message = "已经有人提出怎么处理，请复核，或先退回再提"


class ShopHasTooLittle(Conflict):
    code = "vouchers.shop_has_too_little"
    message = "平台账上不够退，还差 {missing} 分。可以改为换一个券码，或等账上有了再办"


class PeriodTooLong(Invalid):
    code = "vouchers.period_too_long"
    message = "一次最多导出 {days} 天，开始的日子不能晚于结束的日子"


class BatchEmpty(Invalid):
    code = "vouchers.no_rows"
    message = "文件里没有券码：请从第 2 行起，每行填一个"


class BatchHasProblems(Invalid):
    """``problems`` lists the first of them by row; ``total`` counts all. No code is in them."""

    code = "vouchers.has_problems"
    message = "文件里有 {total} 处问题，没有导入任何券码，请按提示改好后重新导入"


class NotATable(Invalid):
    code = "vouchers.not_a_table"
    message = "看不懂这个文件，请用 Excel 另存为 .xlsx 或“CSV UTF-8”后再导入"


class OwnBatch(Forbidden):
    """Whoever imported the next code to be sold is of the household, or close to it."""

    code = "vouchers.own_batch"
    message = "这批券码是您家或您家亲友户的人导入的，您家不能买，请等下一批"
    is_traced = True


class VouchersLeft(Conflict):
    """Details: ``vouchers`` of a household that is to end."""

    code = "register.vouchers_left"
    message = "并走的户还有 {vouchers} 张没用的券，请先用掉，或在手机上标为已用，再办并户"
