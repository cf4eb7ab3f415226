"""What sales of recyclables refuse."""

from app.kernel.errors import Conflict, Forbidden, Invalid, NotFound


class SellerNotFound(NotFound):
    code = "sales.household_not_found"
    message = "没有找到这一户，或不在您服务的范围内"


class OwnHousehold(Forbidden):
    code = "sales.own_household"
    message = "不能给自己家称重，请换一位工作人员来称"


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


class VoidTooLate(Conflict):
    code = "sales.void_too_late"
    message = "只能在当天撤销。过了当天，请管理员走撤销流程"


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
