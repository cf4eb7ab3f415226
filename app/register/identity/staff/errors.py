"""What signing in at a computer refuses."""

from app.kernel.errors import Conflict, DomainError, Forbidden, Invalid, NotFound, Unauthenticated


class StaffWrong(Unauthenticated):
    """Nobody is told which part was wrong, nor whether there is such an account."""

    code = "staff.wrong"
    message = "账号、密码或验证码不对，或账号暂时锁定。连错 5 次要等 15 分钟"


class FactorNeeded(Forbidden):
    """The factor was not given, or too long ago for what is asked. POST /staff/session/factor."""

    code = "staff.factor_needed"
    message = "请先输入手机验证器上的 6 位数字"


class MoneyLater(Forbidden):
    """The account was recovered within a day. Details: from."""

    code = "staff.money_later"
    message = "账号刚找回，24 小时内不能办钱款的事"


class PasswordWeak(Invalid):
    """Details: why: short, one_sort, common, name."""

    code = "staff.password_weak"
    message = "密码太简单：至少 12 位，要有字母和数字两样，不能是常见密码、账号或姓名"


class LinkGone(Forbidden):
    code = "staff.link_gone"
    message = "这个链接已经用过或过期，请在小程序里重新取"


class NoLinkNow(Conflict):
    """There is a password, and nobody has agreed to a new one."""

    code = "staff.no_link_now"
    message = "您的账号已有密码。忘了密码，请管理员和安全管理员两人为您找回"


class NoAccount(NotFound):
    code = "staff.no_account"
    message = "没有找到这个电脑端账号"


class LoginTaken(Conflict):
    code = "staff.login_taken"
    message = "这个账号名已有人用，请换一个"


class BadLogin(Invalid):
    code = "staff.bad_login"
    message = "账号名要有 3 到 30 个小写字母、数字或点，以字母开头"


class HasAccount(Conflict):
    code = "staff.has_account"
    message = "这个人已经有电脑端账号"


class NotYourArea(Forbidden):
    code = "staff.not_your_area"
    message = "这个人的职务不在您能授予的范围内，请联系上一级管理员"


class HasLeft(Conflict):
    code = "staff.has_left"
    message = "这个人已经离任，账号不能再用"


class HoldsNoRole(Conflict):
    code = "staff.holds_no_role"
    message = "这个人没有职务，不用开电脑端账号"


class FactorSet(Conflict):
    code = "staff.factor_set"
    message = "已经绑定过验证器。换手机请找管理员和安全管理员两人办理"


class NotAtAComputer(Forbidden):
    """Asked for by a session of the mini-program."""

    code = "staff.not_at_a_computer"
    message = "请在电脑端登录后再办"


class SignInsTooMany(DomainError):
    status = 429
    code = "staff.too_many"
    message = "这个网络登录得太频繁，请等一分钟再试"
