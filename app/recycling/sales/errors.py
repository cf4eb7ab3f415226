"""What sales of recyclables refuse."""

from app.kernel.errors import Conflict, DomainError, Invalid, NotFound, Unavailable


class SellerNotFound(NotFound):
    code = "sales.household_not_found"
    message = "没有找到这一户，或不在您服务的范围内"


class NoRecycler(Conflict):
    code = "sales.no_recycler"
    message = "这个村还没有收购公司，暂时不能卖，请联系村管理员"


class NoPrice(Conflict):
    """Details: the ``label`` of what has no price."""

    code = "sales.no_price"
    message = "{label}现在没有定价，请先不要收"


class RecyclerOutOfMoney(Conflict):
    """Details: ``missing_fen`` and the same as ``missing_yuan``."""

    code = "sales.recycler_out_of_money"
    message = "收购公司预付的钱不够，还差 {missing_yuan} 元。东西请先不要收，等公司充值后再卖"


class TooMuchInADay(Conflict):
    """Details: ``sold`` today already, and the day's ``limit``, both in the ``unit``."""

    code = "sales.too_much_in_a_day"
    message = "这一户今天已经卖了 {sold} {unit}，一天最多 {limit} {unit}，请改天再卖"


class HouseholdDayLimit(Conflict):
    """Details: the day's ``limit`` in points, and what is ``left`` of it."""

    code = "sales.household_day_limit"
    message = "一户一天最多卖得 {limit} 分，今天还能卖 {left} 分，请改天再卖"


class KeeperDayLimit(Conflict):
    """Details: as HouseholdDayLimit."""

    code = "sales.keeper_day_limit"
    message = "一个人一天最多称 {limit} 分，您今天还能称 {left} 分，请换一位工作人员来称"


class PhotoNeeded(Invalid):
    """Details: ``above`` how many points of a household's day."""

    code = "sales.photo_needed"
    message = "这一户今天卖的超过 {above} 分了，请拍一张秤上的数字再提交"


class PhotoRepeated(Conflict):
    code = "sales.photo_repeated"
    message = "这张照片以前用过，请对着秤重新拍一张"


class NotAwaited(Conflict):
    code = "sales.not_awaited"
    message = "这次称重已经处理过了，或者超过一天没有确认，请刷新后查看"


class BadWeight(Invalid):
    """Details: the ``number`` of the line, from 1."""

    code = "sales.bad_weight"
    message = "第 {number} 行的重量不对，请按秤上的数字填写，比如 12 或 10.5"


class SaleNotFound(NotFound):
    code = "sales.not_found"
    message = "没有找到这次称重"


class SaleUndone(Conflict):
    code = "sales.undone"
    message = "这次称重已经撤销过了，请刷新后查看"


class NothingToReverse(Conflict):
    code = "sales.nothing_to_reverse"
    message = "这次卖东西没有得积分，不需要撤销"


class VoidNeedsSeller(Conflict):
    code = "sales.void_needs_seller"
    message = (
        "撤销要在 {minutes} 分钟以内，并输入住户手机上这次称重的撤销码。"
        "时间过了或者没有撤销码，请管理员走撤销流程"
    )
    is_traced = True


class TooManyWrongCodes(DomainError):
    status = 429
    code = "sales.too_many_wrong_codes"
    message = "撤销码输错太多次了，请等一分钟再输"


class CodeUnavailable(Unavailable):
    code = "sales.code_unavailable"
    message = "现在不能核对撤销码，请稍后再试，或请管理员走撤销流程"


class SalePointsSpent(Conflict):
    """Details: ``missing`` points."""

    code = "sales.points_spent"
    message = "这次卖东西的积分已经花掉了，还差 {missing} 分，不能撤销"


class NotAnArea(NotFound):
    code = "sales.region_not_found"
    message = "没有找到这个地方，或不在您管理的范围内"


class RecyclerKnown(Conflict):
    code = "sales.recycler_known"
    message = "这个地方已经有收购公司了"


class DayNotSigned(Conflict):
    """Details: the ``day``, and the same as ``day_text``."""

    code = "sales.day_not_signed"
    message = (
        "{day_text}您称的总数，收购公司还没有签字，今天先不能再称。"
        "请让收购公司的回收员在手机上核对、签字，签好就能称"
    )


class DayDiffers(Conflict):
    """Details: the ``day`` and ``day_text``; what was ``signed`` and ``booked``, as texts."""

    code = "sales.day_differs"
    message = (
        "{day_text}的总数对不上：回收员签的是 {signed}，您称的是 {booked}，今天先不能再称。"
        "请村管理员和回收员一起核对：称错的撤回，签错的请回收员重新签"
    )


class DayNotFound(NotFound):
    code = "sales.day_not_found"
    message = "没有找到这一天的称重，或不在您收购的地方"


class ClientIdReused(Conflict):
    code = "sales.client_id_reused"
    message = "这条记录的编号已经用在别的住户上，请重新称重"
