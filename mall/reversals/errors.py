"""Why something is not reversed."""

from app.kernel.errors import Conflict, Forbidden, NotFound


class ReversalNotFound(NotFound):
    code = "reversal.not_found"
    message = "没有找到这笔撤销申请"


class SubjectNotFound(NotFound):
    code = "reversal.subject_not_found"
    message = "没有找到要撤销的记录，请核对后再试"


class AlreadyProposed(Conflict):
    code = "reversal.already_proposed"
    message = "这笔记录已经有人申请撤销了，请刷新后查看"


class ReversalDecided(Conflict):
    code = "reversal.decided"
    message = "这笔撤销申请已经处理过了，请刷新后查看"


class ConfirmerIsProposer(Forbidden):
    code = "reversal.confirmer_is_proposer"
    message = "自己申请的撤销不能自己确认，请换一位同事"


class OwnHousehold(Forbidden):
    code = "reversal.own_household"
    message = "不能处理自己家的积分，请换一位同事"
