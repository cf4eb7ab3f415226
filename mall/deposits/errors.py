"""What deposits refuse."""

from app.kernel.errors import Conflict, NotFound


class RecyclerNotFound(NotFound):
    code = "deposits.recycler_not_found"
    message = "没有找到这家收购公司，或不在您管理的范围内"


class NoSuchFunding(NotFound):
    code = "deposits.no_such_funding"
    message = "银行流水里没有这笔到账"


class EntryTaken(Conflict):
    code = "deposits.entry_taken"
    message = "这笔到账已经登记过了，请刷新后查看"


class DepositNotFound(NotFound):
    code = "deposits.not_found"
    message = "没有找到这笔预付款"


class ReserveTooSmall(Conflict):
    """Details: ``missing_fen`` and the same as ``missing_yuan``."""

    code = "deposits.reserve_too_small"
    message = "这笔钱有一部分已经分配到村里了，还差 {missing_yuan} 元，请先核对"
