"""How a self-check stands, in words that teach something for the next photo."""

from app.kernel.waste import KIND_WORDS, WasteKind
from app.photos.models import PhotoFault
from app.sorting.self_checks.models import FindingReason, RejectReason, SelfCheck, SelfCheckState

_STATES = {
    SelfCheckState.SCREENING: "照片已收到，正在处理",
    SelfCheckState.WAITING: "照片已收到，等待审核",
    SelfCheckState.ESCALATED: "照片有点看不准，正请另一位工作人员看，请再等一等",
    SelfCheckState.APPROVED: "审核通过",
}
_REASONS = {
    RejectReason.WRONG_KIND: "有垃圾放错了桶，请对照分类图改正后，重新拍一张",
    RejectReason.UNREADABLE: "照片看不清，请在亮处靠近一点，拿稳了重新拍一张",
    RejectReason.NOT_SORTING: "照片里看不出垃圾分类，请对着打开的垃圾桶重新拍一张",
    RejectReason.REPEATED_PHOTO: "这张照片以前交过了，请重新拍一张今天的",
    RejectReason.CONTENT_REFUSED: "照片里有不合适的内容，没有收下，请只拍垃圾和垃圾桶",
}
# Of a photo that nobody could look at: what was wrong with the file.
_FAULTS = {
    PhotoFault.NOT_AN_IMAGE: "这个文件里没有照片，请用手机相机重新拍一张",
    PhotoFault.DAMAGED: "照片没有传完整，打不开，请在信号好的地方重新拍一张再传",
    PhotoFault.TOO_MANY_PIXELS: "照片的尺寸太大，打不开，请在相机设置里把照片尺寸调小，重新拍一张",
    PhotoFault.UNDECODABLE: "这张照片打不开，不是您拍得不好，请重新拍一张",
}
_BINS = {
    WasteKind.KITCHEN: "绿色桶",
    WasteKind.RECYCLABLE: "蓝色桶",
    WasteKind.HAZARDOUS: "红色桶",
    WasteKind.RESIDUAL: "灰色桶",
}
_REPEAT_OF_OTHERS = "这张照片别家已经交过了，请拍自己家今天的垃圾"


def sentence(self_check: SelfCheck, fault: PhotoFault | None = None) -> str:
    """Where the self-check stands; refused, why, and what to do about it.

    ``fault`` is that of its photo, where there is one.
    """
    if self_check.state is SelfCheckState.UNREADABLE and fault in _FAULTS:
        return _FAULTS[fault]
    if self_check.reject_reason is RejectReason.REPEATED_PHOTO and not _repeats_own(self_check):
        return _REPEAT_OF_OTHERS
    if self_check.reject_reason is not None:
        return _REASONS[self_check.reject_reason]
    return _STATES[self_check.state]


def mistake(lies_in: WasteKind | None, belongs_to: WasteKind | None) -> str:
    """What was pointed out, say "圈出来的东西放进了其他垃圾，应放进可回收物（蓝色桶）"."""
    if lies_in is None and belongs_to is None:
        return "圈出来的东西放错了桶"
    said = f"放进了{KIND_WORDS[lies_in]}" if lies_in else "放错了桶"
    return f"圈出来的东西{said}" + (
        f"，应放进{KIND_WORDS[belongs_to]}（{_BINS[belongs_to]}）" if belongs_to else ""
    )


def _repeats_own(self_check: SelfCheck) -> bool:
    """Whether the household itself sent the photo before; so, too, where nobody wrote it down."""
    return all(
        finding.get("detail", {}).get("is_own", True)
        for finding in self_check.findings
        if finding["reason"] == FindingReason.EXACT_REPEAT
    )
