"""What settlement refuses."""

from app.kernel.errors import Conflict, Invalid, NotFound
from app.kernel.units import yuan_text


class CashOutNotFound(NotFound):
    code = "settlement.cash_out_not_found"
    message = "没有找到这笔提现"


class ShopBalanceTooSmall(Conflict):
    code = "settlement.shop_balance_too_small"
    message = "店铺可提现的余额不够，还差 {missing_yuan} 元，请改小金额再试"


class MerchantSuspended(Conflict):
    code = "settlement.merchant_suspended"
    message = "商户已暂停，暂时不能提现，请联系县里的工作人员"


class PayeeNotVerified(Conflict):
    code = "settlement.payee_not_verified"
    message = "收款账户还没有核对，核对后才能提现，请联系县里的工作人员"


class PayeeFrozen(Conflict):
    code = "settlement.payee_frozen"
    message = "收款账户刚登记或刚换过，为了资金安全，{until_on} 之后才能提现"


class PayeeInQuestion(Conflict):
    code = "settlement.payee_in_question"
    message = "收款账户正在更换，换好或叫停之后才能提现"


class CashOutNotStuck(Conflict):
    code = "settlement.cash_out_not_stuck"
    message = "系统正在自动向银行查询这笔提现，不需要人工再查"


class AllotmentNotFound(NotFound):
    code = "settlement.allotment_not_found"
    message = "没有找到这笔拨付"


class ReserveTooSmall(Conflict):
    code = "settlement.reserve_too_small"
    message = "待拨付的资金不够，还差 {missing_yuan} 元，请等财政资金到账后再拨付"


class VillageNotFound(NotFound):
    code = "settlement.village_not_found"
    message = "没有找到这个村，请重新选择"


class OtherAccount(Conflict):
    code = "settlement.other_account"
    message = "这份对账单不是本县托管账户（尾号 {tail}）的，没有导入，请核对账号"


class StatementNotFound(NotFound):
    code = "settlement.statement_not_found"
    message = (
        "这一天还没有导入对账单，请从网银下载这一天的对账单后导入。"
        "当天没有收支、银行不出对账单的，导入后面一天的对账单就能日结"
    )


class DayOutside(Invalid):
    """Details: ``on``, and ``first_on``, the first day that is taken."""

    code = "settlement.day_outside"
    message = "对账单的日期是 {on}，只能导入 {first_on} 到今天的对账单，请核对日期"


class NoCustodyAccount(Conflict):
    code = "settlement.no_custody_account"
    message = "还没有登记托管账户，请先由两位工作人员分别按合同录入账号，再导入对账单"


class AccountsDiffer(Invalid):
    code = "settlement.accounts_differ"
    message = "两个人录入的账号不一样，请都对照合同重新录入"


class NotChained(Conflict):
    """Details: ``should_fen`` and the same as ``should_yuan``, and ``beside``, the neighbour."""

    code = "settlement.not_chained"
    message = "余额与 {beside} 的对账单接不上（应为 {should_yuan} 元），请先补齐中间的对账单"


class ContradictsStatement(Conflict):
    code = "settlement.contradicts_statement"
    message = "这份对账单与这一天已经生效的对账单有出入，不能确认，请向银行核实"


class TakenInByTwo(Conflict):
    code = "settlement.taken_in_by_two"
    message = (
        "这一天已经日结，银行又来了新内容，请提出“补入已日结的一天”，由另一位同事在“待办”里同意"
    )


class LineNotFound(NotFound):
    code = "settlement.line_not_found"
    message = "没有找到这笔流水，请刷新后查看"


class LineNotOpen(Conflict):
    code = "settlement.line_not_open"
    message = "这笔流水不需要人工认定，请刷新后查看"


class LineCannotBe(Invalid):
    code = "settlement.line_cannot_be"
    message = "这笔流水不能这样认定，请核对收支方向、金额和对应的提现"


class PartsNotOpen(Conflict):
    code = "settlement.parts_not_open"
    message = (
        "有 {count} 笔提现不能算进这一笔：没有发出过、已经在对账单上，或者不是本县的。"
        "请刷新后重新挑选"
    )


class PartsDiffer(Invalid):
    """Details: ``differs_fen`` and the same as ``differs_yuan``."""

    code = "settlement.parts_differ"
    message = "挑选的提现加起来与这一笔流水相差 {differs_yuan} 元，请对照银行的明细重新挑选"

    @classmethod
    def by(cls, fen: int) -> "PartsDiffer":
        return cls(differs_fen=fen, differs_yuan=yuan_text(fen))


class LineKnown(Conflict):
    code = "settlement.line_known"
    message = "同一笔流水已经按另一份对账单处理，不能再入一次账"


class StatementIsBooked(Conflict):
    code = "settlement.statement_is_booked"
    message = "这份对账单已经入账，不能作废，请向银行核实后逐笔处理"


class BatchAnswered(Conflict):
    code = "settlement.batch_answered"
    message = "银行已经回复过这个批次，说明文件已送到银行，不能撤回"


class BatchMadeAnew(Conflict):
    code = "settlement.batch_made_anew"
    message = "这个批次的付款已经重新导出过一次，不能再撤回，请逐笔向银行核实"


class EmptyStatement(Invalid):
    code = "settlement.empty_statement"
    message = "没有收到对账单文件，请选择文件后再上传"


class AccountOfAnotherCounty(Conflict):
    code = "settlement.account_of_another_county"
    message = "这个账号是别的县的托管账户，没有导入，请核对账号"


class DayLimitReached(Conflict):
    code = "settlement.day_limit_reached"
    message = "每天最多提现 {limit_yuan} 元，今天还可以提现 {left_yuan} 元，请改小金额或明天再试"


class NewMerchantDayLimit(Conflict):
    code = "settlement.new_merchant_day_limit"
    message = (
        "新商户头三十天每天最多提现 {limit_yuan} 元，今天还可以提现 {left_yuan} 元。"
        "请改小金额或明天再试"
    )


class DayNotOver(Conflict):
    code = "settlement.day_not_over"
    message = "这一天还没有结束，明天导入完整的对账单后再日结"


class DayAlreadyClosed(Conflict):
    code = "settlement.day_already_closed"
    message = "这一天已经日结，不能再次日结"


class LinesStillWaiting(Conflict):
    code = "settlement.lines_still_waiting"
    message = "对账单还有 {count} 笔没有处理完，请稍等几分钟再日结"


class StatementStillWaiting(Conflict):
    code = "settlement.statement_still_waiting"
    message = (
        "这一天有一份上传的对账单还没有第二个人确认。请另一位同事确认；"
        "不对的，由两个人把它搁置，再日结"
    )


class NotesMissing(Invalid):
    code = "settlement.notes_missing"
    message = "还有 {count} 处差异没有写说明，请逐条写明情况后再日结"


class NotesOutdated(Conflict):
    code = "settlement.notes_outdated"
    message = "差异已经有变化，请刷新后重新核对"


class PeriodTooLong(Invalid):
    code = "settlement.period_too_long"
    message = "一次最多查 {days} 天，结束日期不能早于开始日期，请重新选择"


class ShopFlagged(Conflict):
    code = "settlement.shop_flagged"
    message = "这家店有还没处理的风险提示，请先看过并写明结论，再放行提现"
