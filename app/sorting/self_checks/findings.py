"""What screening can notice in a photo: how much each thing weighs, and how it is said.

A finding is an opinion with a weight from 0 to 100, shown to the reviewer beside the photo. Only
one of weight 100 decides by itself, and only an exact repeat has that weight.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from app.photos.fingerprints.queries import visible
from app.sorting.self_checks.models import FindingReason

DECIDES = 100

WEIGHTS: Mapping[FindingReason, int] = {
    FindingReason.EXACT_REPEAT: DECIDES,
    FindingReason.NEAR_REPEAT: 80,
    FindingReason.SCREENSHOT: 70,
    FindingReason.TOO_DARK: 60,
    FindingReason.TAKEN_LONG_AGO: 60,
    FindingReason.MODEL_OPINION: 60,  # of a model that is certain; less in proportion
    FindingReason.TAKEN_ELSEWHERE: 50,
    FindingReason.BLURRED: 50,
    FindingReason.TOO_MANY_TODAY: 40,
    FindingReason.TOO_SMALL: 30,
}

_SENTENCES: Mapping[FindingReason, str] = {
    FindingReason.EXACT_REPEAT: "和{whose}以前交过的一张照片完全一样",
    FindingReason.NEAR_REPEAT: "和{whose}{day}交的一张照片几乎一样，请对比着看",
    FindingReason.SCREENSHOT: "像是手机截图，不像现拍的照片",
    FindingReason.TOO_DARK: "照片太暗",
    FindingReason.TAKEN_LONG_AGO: "照片是{days}天前拍的",
    FindingReason.MODEL_OPINION: "机器看这张照片：{label}（把握{confidence_percent}%）",
    FindingReason.TAKEN_ELSEWHERE: "拍照的地方离这家平时拍照的地方约{kilometres}公里",
    FindingReason.BLURRED: "照片模糊",
    FindingReason.TOO_MANY_TODAY: "这家今天交的第{count}张照片",
    FindingReason.TOO_SMALL: "照片太小",
}


@dataclass(frozen=True)
class Finding:
    """One finding. ``detail`` holds what its sentence needs, as JSON can hold it."""

    reason: FindingReason
    weight: int
    detail: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, reason: FindingReason, **detail: Any) -> "Finding":
        """The finding with the weight that the table gives its reason."""
        return cls(reason, WEIGHTS[reason], detail)

    def as_json(self) -> dict[str, Any]:
        return {"reason": self.reason.value, "weight": self.weight, "detail": dict(self.detail)}


@dataclass(frozen=True)
class ShownFinding:
    """A finding as a reviewer reads it."""

    reason: str
    weight: int
    message: str
    photo_id: UUID | None  # the photo that this one repeats, for who may see it


def shown(
    found: Sequence[Sequence[Mapping[str, Any]]], *, county_id: int, places: Collection[UUID]
) -> list[list[ShownFinding]]:
    """The findings of several photos as reviewers of the places may read them, in one query.

    A photo of another area that one repeats is told by its day only.
    """
    repeated = {photo for each in found for photo in map(_repeated, each) if photo}
    seen = visible(county_id=county_id, photo_ids=repeated, places=places)
    return [[_shown(finding, seen) for finding in each] for each in found]


def _shown(finding: Mapping[str, Any], seen: set[UUID]) -> ShownFinding:
    repeated = _repeated(finding)
    return ShownFinding(
        reason=finding["reason"],
        weight=finding["weight"],
        message=_sentence(FindingReason(finding["reason"]), finding.get("detail", {})),
        photo_id=repeated if repeated in seen else None,
    )


def _repeated(finding: Mapping[str, Any]) -> UUID | None:
    photo_id = finding.get("detail", {}).get("photo_id")
    return None if photo_id is None else UUID(photo_id)


def _sentence(reason: FindingReason, detail: Mapping[str, Any]) -> str:
    whose = {True: "自己家", False: "别家", None: ""}[detail.get("is_own")]
    if reason is not FindingReason.NEAR_REPEAT:
        return _SENTENCES[reason].format_map({**detail, "whose": whose})
    day = date.fromisoformat(detail["received_on"])
    return _SENTENCES[reason].format(whose=whose, day=f"{day.month}月{day.day}日")
