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


class BothRoles(Forbidden):
    """Details: ``above`` how many points."""

    code = "reversal.both_roles"
    message = "超过 {above} 分的撤销要财政和县管理员各一位，请另一种身份的同事来确认"
    is_traced = True
