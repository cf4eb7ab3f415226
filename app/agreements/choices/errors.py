"""Why a county's settings cannot be proposed, or not set from the command line."""

from app.kernel.errors import Conflict, Invalid


class NothingDiffers(Invalid):
    code = "settings.nothing_differs"
    message = "和现在的规定一样，没有什么要改的"


class NotStricter(Conflict):
    """The command line, of nobody's name, may only make stricter what people are kept by."""

    code = "settings.not_stricter"
    message = (
        "命令行一个人只能把规定改严；放宽要用 --by 写明是哪位县管理员提出，再由另一位管理员同意"
    )
