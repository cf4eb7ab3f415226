"""What cards refuse, but for what they pay."""

from app.kernel.errors import Conflict, Invalid, NotFound


class NoCardYet(NotFound):
    """Nobody has printed one for the household, or the last one has ended."""

    code = "cards.none_yet"
    message = "您家现在没有积分卡。要办卡，请带身份证或户口簿到村里，当场设密码就能用"


class CardNotFound(NotFound):
    code = "cards.not_found"
    message = "没有找到这张卡，请再扫一次；如果是旧卡，请换用新卡"


class CardNumberMistyped(Invalid):
    code = "cards.number_mistyped"
    message = "卡号输错了，请对照卡片再输一遍"


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


class NotHelped(NotFound):
    code = "cards.not_helped"
    message = "这一户不是您联系的户，或者家里已经有人用手机，请让他们自己拍"
