"""Why a proposal cannot be made, decided or stopped."""

from app.kernel.errors import Conflict, Forbidden, NotFound


class ProposalNotFound(NotFound):
    code = "proposals.not_found"
    message = "没有找到这件待办的事"


class NotYoursToDecide(Forbidden):
    """The caller may read it, and is none of those who must agree."""

    code = "proposals.not_yours"
    message = "这件事要由别的同事来决定，您可以看，不能代他们同意"


class OneMore(Conflict):
    """The agreement is kept; somebody else must agree as well."""

    code = "trust.one_more"
    message = "您的意见已记下，这件事还要另一位同事同意才算数"


class Lapsed(Conflict):
    code = "proposals.lapsed"
    message = "这件事七天没有人处理，已经作废，请重新提出"


class NotComing(Conflict):
    code = "proposals.not_coming"
    message = "这件事现在不能叫停：还没有定，或者已经生效"


class ProposedAlready(Conflict):
    code = "proposals.proposed_already"
    message = "这件事已经有人提出，正等着处理，请不要重复提出"


class Forgotten(Conflict):
    """The names or numbers that it needs have been deleted."""

    code = "proposals.forgotten"
    message = "这件事放得太久，里面的姓名和号码已经删除，请重新提出"
