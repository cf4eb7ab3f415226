"""What cards refuse to pay, and whom to let buy with them."""

from app.kernel.errors import Conflict, DomainError, Invalid, NotFound


class NotHandedOver(Conflict):
    code = "cards.not_handed_over"
    message = "这张卡还没有领取，请带上证件到村委会领卡、设密码"


class CardIsBlocked(Conflict):
    code = "cards.blocked"
    message = "这张卡已停用，积分没有扣。请带上证件到村委会处理"


class WrongPin(Conflict):
    """The try is counted: it is returned, not raised, so that the count is kept."""

    code = "cards.wrong_pin"
    message = "密码不对，积分没有扣。还可以再输 {tries_left} 次"


class TooManyWrongPins(DomainError):
    status = 429
    code = "cards.too_many_wrong_pins"
    message = "这里输错密码太多次了，请等一分钟再输"


class OverPaymentLimit(Invalid):
    code = "cards.over_payment_limit"
    message = "用卡一次最多付 {limit} 分"


class OverDayLimit(Conflict):
    code = "cards.over_day_limit"
    message = "用卡一天最多付 {limit} 分，今天还可以付 {left} 分"


class ProxyOverDayLimit(Conflict):
    code = "cards.proxy_over_day_limit"
    message = "代办人一天最多付 {limit} 分，今天还可以付 {left} 分"


class NobodyNamed(Conflict):
    """The household has proxies, and none is named: what the tightest of them may pay counts."""

    code = "cards.nobody_named"
    message = (
        "这一户有代办人，没有选是谁来付，按限额最小的代办人算："
        "一天 {limit} 分，今天还可以付 {left} 分。"
        "代办人请选名字；户里人要多付，请用手机付款码，或请村里先取消代办人"
    )


class ProxyNotFound(NotFound):
    code = "cards.proxy_not_found"
    message = "没有找到这位代办人，或已经到期、取消了"


class ProxyServesHere(Conflict):
    code = "cards.proxy_serves_here"
    message = "您是这一户的代办人，不能自己收自己付，请让别的店员来收"


class TooManyProxies(Conflict):
    code = "cards.too_many_proxies"
    message = "一户最多 {most} 位代办人，请先取消一位"


class BadProxyDays(Invalid):
    code = "cards.bad_proxy_days"
    message = "代办的日子不对：要从今天或以后开始，最长一年"
