"""By which way a deed came in: a request, a command, or a job; and as whom its doer acted."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from enum import StrEnum

import click


class Channel(StrEnum):
    """What a deed came in by."""

    REQUEST = "request"
    COMMAND = "command"
    JOB = "job"


@dataclass(frozen=True)
class Circumstances:
    """``name`` is the id of a request, the words of a command, or the name of a job."""

    channel: Channel
    name: str
    acted_as: tuple[str, ...] = ()  # the roles by which a request was admitted


_present: ContextVar[Circumstances | None] = ContextVar("circumstances", default=None)


def enter(channel: Channel, name: str) -> None:
    """Deeds from here on come in by this way."""
    _present.set(Circumstances(channel, name))


def leave() -> None:
    _present.set(None)


@contextmanager
def under(channel: Channel, name: str) -> Iterator[None]:
    """Deeds of the block come in by this way."""
    before = _present.set(Circumstances(channel, name))
    try:
        yield
    finally:
        _present.reset(before)


def act_as(roles: Iterable[str]) -> None:
    """The doer was admitted by these roles."""
    if found := _present.get():
        _present.set(replace(found, acted_as=tuple(sorted(roles))))


def circumstances() -> Circumstances | None:
    """Those of the deed that is being written; None when nothing is known of them."""
    if found := _present.get():
        return found
    command = click.get_current_context(silent=True)
    return Circumstances(Channel.COMMAND, _words(command)) if command else None


def _words(command: click.Context) -> str:
    """``flask staff identify``: what was typed, without its arguments."""
    names = []
    at: click.Context | None = command
    while at is not None:
        names.append(at.command.name or "flask")
        at = at.parent
    return " ".join(["flask", *names[-2::-1]])
