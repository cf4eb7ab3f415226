"""What cannot be checked, and why."""

from app.kernel.errors import Conflict, Forbidden, Invalid, NotFound


class NotAssigned(NotFound):
    """The household does not exist, or is another liaison's: the caller may not know which."""

    code = "check.household_not_found"
    message = "没有找到这户，或者这户不归您联系"


class OwnHousehold(Forbidden):
    code = "check.own_household"
    message = "不能检查自己家，请村管理员换一位联系党员来查"


class PhotoRepeated(Conflict):
    code = "check.photo_repeated"
    message = "这张照片以前用过了，请在门口重新拍一张"


class GradeContradicts(Invalid):
    code = "check.grade_contradicts"
    message = "评了 A 级就不应有分错的种类，请改等级或去掉种类"
