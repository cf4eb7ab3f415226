"""What planned inspections refuse."""

from app.kernel.errors import Conflict, Forbidden, Invalid, NotFound


class VisitNotFound(NotFound):
    """There is none, or it is another inspector's or outside the caller's area."""

    code = "rounds.visit_not_found"
    message = "没有找到这次督查，或者不归您负责"


class VisitDone(Conflict):
    code = "rounds.visit_done"
    message = "这户的督查结果已经登记过了，请刷新名单"


class VisitTooEarly(Conflict):
    code = "rounds.visit_too_early"
    message = "这户要到 {from_on} 才能去查，请到时再登记"


class OwnHousehold(Forbidden):
    code = "rounds.own_household"
    message = "不能督查自己家或与自己有关联的人家，请联系镇管理员换人"


class OwnVillage(Forbidden):
    code = "rounds.own_village"
    message = "本县规定督查员不查自己村，请换一位督查员"


class FindingsContradict(Invalid):
    code = "rounds.findings_contradict"
    message = "家中无人时不能登记问题，请去掉问题或改为已查看"


class PhotoNeeded(Invalid):
    code = "rounds.photo_needed"
    message = "不管有没有人、有没有问题，都要拍一张门口的照片，请拍了再提交"


class TooManyPhotos(Invalid):
    code = "rounds.too_many_photos"
    message = "最多传 {most} 张照片，请减少后再提交"


class PhotoRepeated(Conflict):
    code = "rounds.photo_repeated"
    message = "这张照片以前用过了，请在现场重新拍一张"


class NotAnInspectorThere(Invalid):
    code = "rounds.not_an_inspector_there"
    message = "这个人不是这个地方的督查员，请换一位"


class AlreadyTheirs(Conflict):
    code = "rounds.already_theirs"
    message = "这户本来就由这位督查员负责"


class BadSettings(Invalid):
    code = "rounds.bad_settings"
    message = "督查设置有误，请检查：{keys}"


class DrawNotFound(NotFound):
    code = "rounds.draw_not_found"
    message = "这一周还没有抽取督查名单"
