"""What cards refuse."""

from app.kernel.errors import Conflict, DomainError, Invalid, NotFound


class CardNotFound(NotFound):
    code = "cards.not_found"
    message = "没有找到这张卡，请再扫一次；如果是旧卡，请换用新卡"


class CardNumberMistyped(Invalid):
    code = "cards.number_mistyped"
    message = "卡号输错了，请对照卡片再输一遍"


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


class PinsDiffer(Invalid):
    code = "cards.pins_differ"
    message = "两次输入的密码不一样，请重新输入"


class PinTooSimple(Invalid):
    code = "cards.pin_too_simple"
    message = "这个密码太容易被猜到，请换一个，不要用连号、同号、生日或电话号码"


class ReceiverNotOfHousehold(NotFound):
    code = "cards.receiver_not_of_household"
    message = "领卡的人不是这一户的，请核对证件"


class NothingToPrint(Conflict):
    code = "cards.nothing_to_print"
    message = "这里没有要印的卡。已经有卡的户，要重印请单独选"


class PlaceNotFound(NotFound):
    code = "cards.place_not_found"
    message = "没有找到这些户，或不在您管理的范围内"


class OverPaymentLimit(Invalid):
    code = "cards.over_payment_limit"
    message = "用卡一次最多付 {limit} 分"


class OverDayLimit(Conflict):
    code = "cards.over_day_limit"
    message = "用卡一天最多付 {limit} 分，今天还可以付 {left} 分"


class ProxyOverDayLimit(Conflict):
    code = "cards.proxy_over_day_limit"
    message = "代办人一天最多付 {limit} 分，今天还可以付 {left} 分"


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


class NotHelped(NotFound):
    code = "cards.not_helped"
    message = "这一户不是您联系的户，或者家里已经有人用手机，请让他们自己拍"
