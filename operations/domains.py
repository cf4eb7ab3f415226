"""What the domains bring, found by walking the tree: nothing is listed by hand.

A domain is a folder, at any depth. What it names ``models``, ``jobs``, ``proof``, ``metrics``,
``commands``, ``settings``, ``notices``, ``proposals``, ``matters``, ``touched``, ``retention`` or
``sealed`` is plugged in, being there:

- ``models``: tables; to be imported is enough
- ``jobs``: functions under ``@job`` and ``@sweep``
- ``proof``: ``QUESTIONS``, name to SQL, of what must hold
- ``metrics``: ``GAUGES`` and ``readings()``, for /metrics
- ``commands``: ``COMMANDS``, below ``flask``; groups of one name are one group
- ``settings``: ``SETTINGS``, what a county may choose; two of one name would share their rows
- ``notices``: kinds of notices under ``notice_kind``, which refuses two of one name
- ``proposals``: kinds of proposals under ``proposal_kind``, likewise
- ``matters``: what is open of a household under ``open_matter``, likewise
- ``touched``: what changes of a household touch, under ``touched``, likewise
- ``retention``: ``KEPT``, what each table holds of people and when it ends
- ``sealed``: ``SEALED``, the columns whose values are sealed, and for what

Two of one name would hide one another, so they stop the start.
"""

import importlib
from collections.abc import Iterable, Mapping, MutableMapping
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any, TypeVar

import click

from app.config import ROOT
from app.kernel.gauges import Gauge
from app.kernel.jobs import Sweep, sweeps
from app.kernel.retention import Kept
from app.kernel.secrets import SealedColumn
from app.register.regions.county_settings import Settings

HOUSES = ("app", "mall", "operations")
KINDS = (
    "models",
    "jobs",
    "proof",
    "metrics",
    "commands",
    "settings",
    "notices",
    "proposals",
    "matters",
    "touched",
    "retention",
    "sealed",
)
T = TypeVar("T")


class TwoOfOneName(RuntimeError):
    """Two domains bring a thing under one name."""


@cache
def found(kind: str) -> tuple[ModuleType, ...]:
    """Every module, or package, of the kind, imported, in the order of its dotted name."""
    names = {
        _dotted(path)
        for house in HOUSES
        for pattern in (f"{kind}.py", f"{kind}/__init__.py")
        for path in (ROOT / house).rglob(pattern)
        # The kernel has what the others are made with, not a domain's own.
        if path.relative_to(ROOT).parts[:2] != ("app", "kernel")
    }
    return tuple(importlib.import_module(name) for name in sorted(names))


def load() -> None:
    """Import everything that is found, and see that no two have one name.

    Raises:
        TwoOfOneName: two questions, gauges, sweeps, commands or settings have.
    """
    for kind in KINDS:
        found(kind)
    questions()
    gauges()
    found_sweeps()
    commands()
    settings()
    kept()


def questions() -> dict[str, str]:
    """What every domain says must hold: each SQL yields county_id, subject, problem of a lie."""
    return _together("question", (module.QUESTIONS for module in found("proof")))


def gauges() -> dict[str, Gauge]:
    """Every figure for the alarm, by its name."""
    named = ({gauge.name: gauge for gauge in module.GAUGES} for module in found("metrics"))
    return _together("gauge", named)


def found_sweeps() -> tuple[Sweep, ...]:
    """Every job that the clock starts."""
    found("jobs")
    named = ({sweep.name: sweep} for sweep in sweeps())
    return tuple(_together("sweep", named).values())


def settings() -> dict[str, Settings[Any]]:
    """What a county may choose, by the name of each domain's settings."""
    named = ({module.SETTINGS.name: module.SETTINGS} for module in found("settings"))
    return _together("settings", named)


def sealed() -> tuple[SealedColumn, ...]:
    """Every column of sealed values."""
    return tuple(column for module in found("sealed") for column in module.SEALED)


def kept() -> dict[str, Kept]:
    """What each table holds of people, by its name."""
    named = ({each.table: each for each in module.KEPT} for module in found("retention"))
    return _together("table", named)


def commands() -> tuple[click.Command, ...]:
    """What stands below ``flask``. Several domains may bring commands of one group."""
    top: dict[str, click.Command] = {}
    for module in found("commands"):
        for command in module.COMMANDS:
            _add(top, command)
    return tuple(top.values())


def _add(siblings: MutableMapping[str, click.Command], command: click.Command) -> None:
    name = command.name or ""
    already = siblings.setdefault(name, command)
    if already is command:
        return
    if not (isinstance(already, click.Group) and isinstance(command, click.Group)):
        raise TwoOfOneName(f"two commands are called {name}")
    already.help = already.help or command.help
    for child in command.commands.values():
        _add(already.commands, child)


def _together(what: str, parts: Iterable[Mapping[str, T]]) -> dict[str, T]:
    whole: dict[str, T] = {}
    for part in parts:
        if twice := whole.keys() & part.keys():
            raise TwoOfOneName(f"two of one {what}: {', '.join(sorted(twice))}")
        whole |= part
    return whole


def _dotted(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts).removesuffix(".__init__")
