"""What a change of a household is refused for, and what to do first."""

from app.kernel.errors import Conflict, Invalid


class NotLiving(Conflict):
    code = "register.not_living"
    message = "这一户已经迁出、销户或并到别的户，不能再办这件事"


class MoreThanThereIs(Conflict):
    """Nobody would stay. Details: ``people`` of the household."""

    code = "register.more_than_there_is"
    message = "这一户登记 {people} 人，全部搬走就是搬家，不是分户；人数不对请先更正"


class NobodyMoves(Invalid):
    code = "register.nobody_moves"
    message = "请填写搬出去的人数，至少一个人"


class HeadMoves(Conflict):
    code = "register.head_moves"
    message = "搬出去的人里有户主，请先给这一户换户主，再办分户"


class NotOfTheHousehold(Conflict):
    code = "register.not_of_the_household"
    message = "选中的人不在这一户，请刷新后重新选"


class HeadAlready(Conflict):
    code = "register.head_already"
    message = "选中的人已经是户主，不用再换"


class HeadNeedsIdentity(Conflict):
    code = "register.head_needs_identity"
    message = "新户主还没有登记身份证号，请先登记再办"


class HeadElsewhere(Conflict):
    code = "register.head_elsewhere"
    message = "这个身份证号已经登记在别的户，请先办那一户的变更"


class OneHousehold(Invalid):
    code = "register.one_household"
    message = "请选两户不同的人家"


class OtherCounty(Conflict):
    code = "register.other_county"
    message = "积分不能带出本区县；请先用完，或办迁出，迁出后积分还能继续用"


class BadShare(Invalid):
    code = "register.bad_share"
    message = "分到的份额要在零和全部之间"


class ChangeOpen(Conflict):
    code = "register.change_open"
    message = "这一户已有一件变更在办，请先办完或撤回"


class NotYet(Invalid):
    code = "register.not_yet"
    message = "搬家的日子还没到，请到了那天再办"


class TooLongAgo(Invalid):
    """Details: ``earliest``, a day in words."""

    code = "register.too_long_ago"
    message = "日子太早，最早可以填 {earliest}"


class HeadDies(Conflict):
    code = "register.head_dies"
    message = "去世的是户主，请用“换户主”，同时登记原户主去世"


class NobodyLeft(Conflict):
    code = "register.nobody_left"
    message = "这一户只登记了一个人；人数不对请先更正"


class StillALiaison(Conflict):
    """Details: ``households`` of which somebody who moves is the liaison."""

    code = "register.still_a_liaison"
    message = "搬走的人还联系着 {households} 户，请先把这些户交给别的联系党员"


class MattersOpen(Conflict):
    code = "register.matters_open"
    message = "这一户还有没办完的申诉、待核对的检查、券码处理或冲正，请先办完"
