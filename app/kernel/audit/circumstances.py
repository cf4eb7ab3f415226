"""By which way a deed came in: a request, a command, or a job; and as whom its doer acted."""

import os
import pwd
import socket
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache

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
    shell: str | None = None  # of a command: as whom, on which machine and terminal it was typed


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
    if command is None:
        return None
    return Circumstances(Channel.COMMAND, _words(command), shell=_typed_by())


@cache
def _typed_by() -> str:
    """``zhang@fen1 pts/0``: ``--by`` is typed by whoever likes, this is what the machine knows."""
    number = os.geteuid()
    try:
        name = pwd.getpwuid(number).pw_name
    except KeyError:  # a number without a name, as containers have
        name = str(number)
    behind = os.environ.get("SUDO_USER")
    terminal = os.ttyname(0).removeprefix("/dev/") if os.isatty(0) else "no terminal"
    return f"{f'{behind} as ' if behind else ''}{name}@{socket.gethostname()} {terminal}"


def _words(command: click.Context) -> str:
    """``flask staff identify``: what was typed, without its arguments."""
    names = []
    at: click.Context | None = command
    while at is not None:
        names.append(at.command.name or "flask")
        at = at.parent
    return " ".join(["flask", *names[-2::-1]])
