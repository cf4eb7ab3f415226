"""What households and bindings refuse."""

from app.kernel.errors import Conflict, Invalid, NotFound


class HouseholdNotFound(NotFound):
    code = "households.not_found"
    message = "没有找到这一户，或不在您管理的范围内"


class PhoneNotOnRoster(Invalid):
    """The phone is of no member of the roster, or of several households: a person must look."""

    code = "households.phone_not_on_roster"
    message = "凭这个手机号不能确定您是哪一户，请带上证件，找村里的工作人员当面绑定"


class AlreadyBound(Conflict):
    code = "households.already_bound"
    message = "您已经绑定了住户，不用再绑定；如果绑错了，请找村里的工作人员解除"


class BindingCodeWrong(Invalid):
    """No living code is these digits: mistyped, expired or already used."""

    code = "households.binding_code_wrong"
    message = "绑定码不对或已过期，请让住户重新打开绑定页面，再输入新的六位数字"


class BadName(Invalid):
    code = "households.bad_name"
    message = "姓名要有 1 到 30 个字"


class BindingNotFound(NotFound):
    code = "households.binding_not_found"
    message = "没有找到这个绑定，或不在您管理的范围内"


class SameHousehold(Invalid):
    code = "households.same_household"
    message = "请选两户不同的人家"


class RelatedAlready(Conflict):
    code = "households.related_already"
    message = "这两户的关系已经登记过了"


class RelationNotFound(NotFound):
    code = "households.relation_not_found"
    message = "没有找到这条登记，或不在您管理的范围内"


class NoLiaison(Invalid):
    code = "households.no_liaison"
    message = "联系党员要是同一个村党员户的户主，请重新选"


class LiaisonRelated(Invalid):
    code = "households.liaison_related"
    message = "联系党员不能联系自己家或亲友户，请换一位"


class LiaisonBusy(Conflict):
    """Details: ``most`` households of one liaison, ``households`` that they have."""

    code = "households.liaison_busy"
    message = "这位联系党员已经联系 {households} 户，一个人最多 {most} 户，请换一位"


class NothingToHandOver(Conflict):
    code = "households.nothing_to_hand_over"
    message = "这个人现在没有联系的户，不用移交"
