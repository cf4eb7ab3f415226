"""What a notice says, and which parts of it a template of WeChat's may show."""

from collections.abc import Mapping

from app.kernel import clock
from app.messages.notices import Notice
from app.messages.notices.kinds import Words, kind_of


def words(notice: Notice) -> Words:
    """What the notice says to whom it is for."""
    return kind_of(notice.kind).words(notice.details)


def values(notice: Notice) -> Mapping[str, str]:
    """What a template may show, by the names that ``flask messages template`` knows."""
    said = words(notice)
    return {
        "title": said.title,
        "hint": said.hint,
        "day": clock.day_text(clock.day_of(notice.written_at)),
        "sentence": said.sentence,
    }


VALUE_NAMES = frozenset({"title", "hint", "day", "sentence"})
