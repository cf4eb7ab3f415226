"""What signing in and granting roles refuse."""

from app.kernel.errors import Conflict, Forbidden, Invalid, NotFound


class Blocked(Forbidden):
    code = "identity.blocked"
    message = "您的账号已停用，请联系村管理员"


class OtherCounty(Conflict):
    code = "identity.other_county"
    message = "您的微信已经在另一个区县登记，请选择原来的区县，或联系村管理员"


class PhoneOfStaff(Conflict):
    """Another WeChat account signs in as the holder of roles who has this phone."""

    code = "identity.phone_of_staff"
    message = (
        "这个手机号是工作人员的，已经有别的微信在用。如果是您本人换了微信，"
        "请带上证件找管理员：先收回原来的职务，再重新授予"
    )


class BadPhone(Invalid):
    code = "identity.bad_phone"
    message = "手机号应为 1 开头的 11 位数字"


class BadName(Invalid):
    code = "identity.bad_name"
    message = "姓名要有 1 到 30 个字"


class UserNotFound(NotFound):
    code = "identity.user_not_found"
    message = "没有找到这个人，或不在您管理的范围内"


class NobodyNamed(Invalid):
    """The shell's doing would be nobody's, though the county has people who answer for it."""

    code = "identity.nobody_named"
    message = "请用 --by 写明由谁来办（登记过的手机号），这件事会记在这个人名下"


class GrantNotFound(NotFound):
    code = "identity.grant_not_found"
    message = "没有找到这项授权，或不在您管理的范围内"


class GrantNotAllowed(Forbidden):
    """The giver's own roles do not reach this role or this place."""

    code = "identity.grant_not_allowed"
    message = "您不能在这里授予或收回这个角色，请联系上一级管理员"


class RoleFollowsFromFacts(Invalid):
    code = "identity.role_follows_from_facts"
    message = "这个角色不能授予：住户由绑定产生，联系党员由名册产生"


class RoleNeedsAnotherPlace(Invalid):
    """The role is held at another kind of place: a county, a shop ..."""

    code = "identity.role_needs_another_place"
    message = "这个角色不能设在这样的地方，请重新选择地方"


class GrantedAlready(Conflict):
    code = "identity.granted_already"
    message = "这个人在这里已经有这个角色了，不用再授"


class AnotherPerson(Conflict):
    """The user is known to be somebody else than the ID number says."""

    code = "identity.another_person"
    message = "这个手机号登记的是另一个人，请核对证件，或换本人的手机号"


class NotApart(Forbidden):
    """One person would hold both halves of a rule of two. Details: the roles."""

    code = "trust.not_apart"
    message = "这两个角色不能由同一个人担任，请换一个人"
    is_traced = True


class PersonUnknown(Invalid):
    """Nobody has seen this user's document: two phones may be one person."""

    code = "trust.person_unknown"
    message = "还没有登记这个人的身份证号，请看着本人的证件填写"
    is_traced = True
