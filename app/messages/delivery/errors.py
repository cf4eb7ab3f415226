"""What cannot be told."""

from app.kernel.errors import Conflict, Invalid, NotFound


class NoticeNotFound(NotFound):
    code = "notices.not_found"
    message = "没有找到这条消息"


class AlreadyTold(Conflict):
    code = "notices.already_told"
    message = "这户已经有人告诉过了，请刷新名单"


class BadTemplate(Invalid):
    """Details: the ``fields`` that name no keyword of WeChat or no value of ours."""

    code = "messages.bad_template"
    message = "消息模板的字段有误，请检查标出的各项"
