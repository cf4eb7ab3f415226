"""Kinds of notices, each with its words: the domain that tells one registers it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

TITLE_LENGTH_MAX = 20
MUCH_POINTS = 1_000  # ten yuan are told by text message or at the door, if WeChat reaches nobody


class TwoOfOneKind(RuntimeError):
    """Two domains tell notices of one kind, and one of them would speak in the other's words."""


@dataclass(frozen=True)
class Words:
    """What a notice says; ``title`` and ``hint`` have at most 20 characters, for WeChat."""

    title: str
    sentence: str
    hint: str

    def __post_init__(self) -> None:
        assert len(self.title) <= TITLE_LENGTH_MAX, f"{self.title} is no title"


@dataclass(frozen=True)
class NoticeKind:
    """Made by ``notice_kind`` alone."""

    name: str  # in the table; rows keep it for ever, so a kind lives as long as they do
    words: Callable[[Mapping[str, Any]], Words]  # of a notice's details
    # Of a notice's details: somebody tells the household in person if no message reaches it.
    is_worth_a_walk: Callable[[Mapping[str, Any]], bool]
    # Of a notice's details: a text message is paid for it, if WeChat reaches nobody. Never where
    # the phone of the roster is what is in question.
    is_worth_a_text: Callable[[Mapping[str, Any]], bool]
    # It tells one person what somebody else did to what is theirs: it must not reach nobody.
    protects: bool = False
    # What can be opened from it: order, redemption, proposal … Its id stands in the details by
    # that name (``order_id``), or the topic begins with it. None: there is nothing to open.
    about: str | None = None


_KINDS: dict[str, NoticeKind] = {}


def _always(_: Mapping[str, Any]) -> bool:
    return True


def never(_: Mapping[str, Any]) -> bool:
    """For a notice that does not go that way, whatever it says."""
    return False


def is_much(details: Mapping[str, Any]) -> bool:
    """Whether a payment is worth a text message and a walk, by its ``points``: every purchase on
    the board would hide what somebody must really be told."""
    return bool(details["points"] >= MUCH_POINTS)


def notice_kind(
    name: str,
    words: Callable[[Mapping[str, Any]], Words],
    *,
    is_worth_a_walk: Callable[[Mapping[str, Any]], bool] = _always,
    is_worth_a_text: Callable[[Mapping[str, Any]], bool] = _always,
    protects: bool = False,
    about: str | None = None,
) -> NoticeKind:
    """Register a kind of notice, in the ``notices.py`` of the domain that tells it.

    Raises:
        TwoOfOneKind: there is one of this name.
    """
    if name in _KINDS:
        raise TwoOfOneKind(name)
    _KINDS[name] = NoticeKind(name, words, is_worth_a_walk, is_worth_a_text, protects, about)
    return _KINDS[name]


def kinds() -> dict[str, NoticeKind]:
    """Every kind, by its name; complete when the application has been built."""
    return dict(sorted(_KINDS.items()))


def kind_of(name: str) -> NoticeKind:
    """The kind of a row."""
    return _KINDS[name]
