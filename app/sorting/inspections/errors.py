"""What cannot be checked, and why."""

from app.kernel.errors import Conflict, Forbidden, Invalid, NotFound


class NotAssigned(NotFound):
    """The household does not exist, or is not the caller's to check: they may not know which."""

    code = "check.household_not_found"
    message = "没有找到这户，或者这户不归您检查"


class OwnHousehold(Forbidden):
    code = "check.own_household"
    message = "不能检查自己家，请村管理员换一个人来查"


class PhotoRepeated(Conflict):
    code = "check.photo_repeated"
    message = "这张照片以前用过了，请重新拍一张"


class PhotoNeeded(Invalid):
    code = "check.photo_needed"
    message = "评了等级要有照片作证，请拍一张再提交"


class TooFast(Conflict):
    code = "check.too_fast"
    message = "您刚查过别的人家，两户之间至少隔 {seconds} 秒，请看清楚再记录"


class TooMany(Conflict):
    code = "check.too_many"
    message = "一个人一天最多查 {most} 户次，请明天再查，或请别人来查"


class GradeContradicts(Invalid):
    code = "check.grade_contradicts"
    message = "评了 A 级就不应有分错的种类，请改等级或去掉种类"


class GradeNeeded(Invalid):
    code = "check.grade_needed"
    message = "请先评等级。只有收集时没有投放的住户不用评"


class KindsNeeded(Invalid):
    code = "check.kinds_needed"
    message = "请选这次投放了哪几种垃圾"


class KindsContradict(Invalid):
    code = "check.kinds_contradict"
    message = "分错的种类要在这次投放的种类里面，请改一下再提交"


class ClientIdReused(Conflict):
    """The phone used one id for two records; sending it again cannot heal that."""

    code = "check.client_id_reused"
    message = "这条记录的编号已经用过了，请重新记录一次"


class CheckNotFound(NotFound):
    code = "check.not_found"
    message = "没有找到这次检查，或者不是您做的检查"


class PhotosFull(Conflict):
    code = "check.photos_full"
    message = "一次检查最多 {photos_max} 张照片"


class PhotoTooLate(Conflict):
    code = "check.photo_too_late"
    message = "这次检查过去太久了，不能再加照片"


class ConflictNotFound(NotFound):
    code = "check_conflict.not_found"
    message = "没有找到这条待核对的记录，或不在您管理的范围内"


class ConflictResolved(Conflict):
    code = "check_conflict.resolved"
    message = "这条记录别人已经处理过了，请刷新后查看"


class OutcomeUnfit(Invalid):
    code = "check_conflict.outcome_unfit"
    message = "这条记录不能这样处理，请重新选择"
