"""What of a hand-over is refused: what is unreadable, contradicts itself, or is not theirs to say.

What physically happened is never refused.
"""

from app.kernel.errors import Conflict, Forbidden, Invalid, NotFound


class NotHere(NotFound):
    """No such asset, or neither end is where the caller works: they may not know which."""

    code = "collection.not_here"
    message = "没有找到这个设施，或者这里不归您收运"


class Contradicts(Invalid):
    code = "collection.contradicts"
    message = "记录自相矛盾：{why}"


class HandoverPhotoNeeded(Invalid):
    code = "collection.photo_needed"
    message = "装车和进厂要有照片作证，请拍一张再提交"


class BagUsed(Conflict):
    code = "collection.bag_used"
    message = "这个袋子已经收过了，请改扫垃圾桶或门牌上的码"


class PairReused(Conflict):
    """The phone used one id for two records; sending it again cannot heal that."""

    code = "collection.pair_reused"
    message = "这条交接的编号已经用过了，内容不一样，请重新记录一次"


class SideTaken(Conflict):
    code = "collection.side_taken"
    message = "这次交接双方都已记录，您不是其中一方"


class SameHands(Conflict):
    code = "collection.same_hands"
    message = "交接要由两个人记录，不能自己交给自己"


class HandoverNotFound(NotFound):
    code = "collection.not_found"
    message = "没有找到这次交接，或不在您管理的范围内"


class VoidTooLate(Conflict):
    code = "collection.void_too_late"
    message = "只能当天作废，请联系村管理员"


class NotDiffering(Conflict):
    code = "collection.not_differing"
    message = "这次交接没有待处理的差异，请刷新后查看"


class NoSideOfTheirs(Forbidden):
    code = "collection.not_your_side"
    message = "您不能记录交接的这一方，请由对方的人来记"
