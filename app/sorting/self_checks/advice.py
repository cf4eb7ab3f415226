"""How a self-check stands, in words that teach something for the next photo."""

from app.sorting.self_checks.models import RejectReason, SelfCheck, SelfCheckState

_STATES = {
    SelfCheckState.SCREENING: "照片已收到，正在处理",
    SelfCheckState.WAITING: "照片已收到，等待审核",
    SelfCheckState.ESCALATED: "照片有点看不准，正请另一位工作人员看，请再等一等",
    SelfCheckState.APPROVED: "审核通过",
}
_REASONS = {
    RejectReason.WRONG_KIND: "有垃圾放错了桶，请对照分类图改正后，明天再拍",
    RejectReason.UNREADABLE: "照片看不清，请在亮处靠近一点，拿稳了重新拍一张",
    RejectReason.NOT_SORTING: "照片里看不出垃圾分类，请对着打开的垃圾桶重新拍一张",
    RejectReason.REPEATED_PHOTO: "这张照片以前交过了，请重新拍一张今天的",
    RejectReason.CONTENT_REFUSED: "照片里有不合适的内容，没有收下，请只拍垃圾和垃圾桶",
}


def sentence(self_check: SelfCheck) -> str:
    """Where the self-check stands; refused, why, and what to do about it."""
    if self_check.reject_reason is not None:
        return _REASONS[self_check.reject_reason]
    return _STATES[self_check.state]
