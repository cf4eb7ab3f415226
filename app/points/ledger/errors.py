"""What the ledger refuses."""

from app.kernel.errors import Conflict, NotFound
from app.kernel.units import yuan_text


class InsufficientPoints(Conflict):
    """Details: ``balance`` that could be spent, ``needed``."""

    code = "ledger.insufficient_points"
    message = "积分不够：现有 {balance} 分，需要 {needed} 分"

    @property
    def balance(self) -> int:
        return int(self.details["balance"])

    @property
    def missing(self) -> int:
        """How much more there would have to be."""
        return int(self.details["needed"]) - self.balance

    def missing_money(self) -> dict[str, int | str]:
        """What is missing, as the refusals tell it that speak of money."""
        return {"missing_fen": self.missing, "missing_yuan": yuan_text(self.missing)}


class AccountFrozen(Conflict):
    code = "ledger.account_frozen"
    message = "账户已冻结，请联系县级管理员"


class HoldResolved(Conflict):
    """A hold is settled or released at most once, and never for more than was held."""

    code = "ledger.hold_resolved"
    message = "这笔冻结的金额已经处理过了"


class ReferenceReused(Conflict):
    """The same decision was posted before with other contents: a bug of the caller."""

    code = "ledger.reference_reused"
    message = "同一笔业务出现了不同的金额，已停止处理，请联系管理员"


class FlowNotAllowed(Conflict):
    """No rule of the ledger lets an amount move this way: a bug of the caller."""

    code = "ledger.flow_not_allowed"
    message = "账户之间不允许这样转账，已停止处理，请联系管理员"


class TransferNotFound(NotFound):
    code = "ledger.transfer_not_found"
    message = "没有找到这笔积分流水"


class NotSealedYet(Conflict):
    """It was posted a moment ago; the next seal will cover it."""

    code = "ledger.not_sealed_yet"
    message = "这笔积分刚刚记账，凭证还没有做好。请过半小时再来看"


class SealBroken(Conflict):
    """What was sealed was altered afterwards; ``flask ledger verify`` names it."""

    code = "ledger.seal_broken"
    message = "账本核对不一致，现在不能出具凭证。请联系县级管理员"
