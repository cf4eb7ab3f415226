"""What campaigns refuse."""

from app.kernel.errors import Conflict, Invalid, NotFound


class FunderNotFound(NotFound):
    code = "campaigns.funder_not_found"
    message = "没有找到这个出资单位"


class FunderNameTaken(Conflict):
    code = "campaigns.funder_name_taken"
    message = "这个出资单位已经登记过，请在列表里查找"


class FundingNotFound(NotFound):
    code = "campaigns.funding_not_found"
    message = "没有找到这笔补贴资金"


class FundsTooSmall(Conflict):
    code = "campaigns.funds_too_small"
    message = "钱不够，还差 {missing_yuan} 元，请改小金额再试"


class CampaignsStillRun(Conflict):
    code = "campaigns.still_run"
    message = "这个出资单位还有活动没有结束，活动结束后才能收回资金"


class CampaignNotFound(NotFound):
    code = "campaigns.not_found"
    message = "没有找到这个活动"


class CampaignNotApproved(Conflict):
    code = "campaigns.not_approved"
    message = "这个活动没有在进行，不用停止"


class BadDays(Invalid):
    code = "campaigns.bad_days"
    message = "活动的最后一天不能早于第一天，也不能早于今天"


class RegionNotFound(NotFound):
    code = "campaigns.region_not_found"
    message = "没有找到这个地方，请重新选择活动范围"


class ShopsNotFound(NotFound):
    code = "campaigns.shops_not_found"
    message = "有的店铺没有找到，请重新选择参加活动的店铺"


class SubsidyUsedUp(Conflict):
    """Details: ``campaign``, ``price_fen`` and ``price_yuan``, the price without it."""

    code = "campaigns.subsidy_used_up"
    message = "“{campaign}”的补贴已用完，现在按原价 {price_yuan} 元收。请先告诉顾客"


class DayLimitReached(Conflict):
    """Details: as SubsidyUsedUp, and ``left_fen`` of the household's limit for the day."""

    code = "campaigns.day_limit_reached"
    message = (
        "“{campaign}”每户每天最多补贴 {limit_yuan} 元，这一户今天还剩 {left_yuan} 元，不够这一次。"
        "现在按原价 {price_yuan} 元收。请先告诉顾客"
    )


class NoCampaignNow(Conflict):
    """Details: ``price_fen`` and ``price_yuan``."""

    code = "campaigns.none_now"
    message = "现在没有优惠活动，按原价 {price_yuan} 元收。请先告诉顾客"


class PriceDiffers(Conflict):
    """Details: ``points`` that the household pays now, ``campaign`` that says so."""

    code = "campaigns.price_differs"
    message = "现在是“{campaign}”，顾客付 {points} 分。请告诉顾客，按这个价格再收一次"


class ShopLimitReached(Conflict):
    """Details: as DayLimitReached."""

    code = "campaigns.shop_limit_reached"
    message = (
        "“{campaign}”每家店每天最多补贴 {limit_yuan} 元，这家店今天还剩 {left_yuan} 元，"
        "不够这一次。现在按原价 {price_yuan} 元收。请先告诉顾客"
    )


class FunderLimitReached(Conflict):
    """Details: as DayLimitReached."""

    code = "campaigns.funder_limit_reached"
    message = (
        "“{campaign}”今天全县的补贴还剩 {left_yuan} 元，不够这一次。"
        "现在按原价 {price_yuan} 元收。请先告诉顾客"
    )


class PriceNotOnShelf(Conflict):
    """Details: ``price_fen`` and ``price_yuan``."""

    why = "没有选商品，或者不是标价"
    code = "campaigns.price_not_on_shelf"
    message = "只有店里标了价的商品才有补贴，现在按原价 {price_yuan} 元收。请先告诉顾客"


class PriceTooFresh(Conflict):
    """Details: ``price_fen`` and ``price_yuan``."""

    why = "标价未满七天"
    code = "campaigns.price_too_fresh"
    message = "标价未满七天，没有补贴，现在按原价 {price_yuan} 元收。请先告诉顾客"
