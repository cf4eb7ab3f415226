"""The processes of one running service, found by their home, to be killed."""

import signal
from enum import StrEnum
from pathlib import Path

import psutil


class Kind(StrEnum):
    POSTGRESQL = "postgresql"  # the server itself
    BACKEND = "backend"  # one connection's process: the server then restarts all of them
    WEB = "web"  # gunicorn, or one of its workers
    WORKER = "worker"


def victims(home: Path, kind: Kind) -> list[psutil.Process]:
    """The processes of this kind that work for the service of ``home``."""
    if kind is Kind.POSTGRESQL:
        return _servers(home)
    if kind is Kind.BACKEND:
        return [
            child
            for server in _servers(home)
            for child in server.children()
            if " fen_" in "".join(_command(child)[:1])  # as whichever role it works
        ]
    word = {Kind.WEB: "gunicorn", Kind.WORKER: "worker"}[kind]
    return [
        process
        for process in psutil.process_iter()
        if word in _command(process) and _home(process) == str(home)
    ]


def kill(process: psutil.Process) -> bool:
    """SIGKILL; False when it had ended by itself."""
    try:
        process.send_signal(signal.SIGKILL)
    except psutil.NoSuchProcess:
        return False
    return True


def _servers(home: Path) -> list[psutil.Process]:
    guardians = [
        process
        for process in psutil.process_iter()
        if "app.embedded.guardian" in _command(process) and str(home) in _command(process)
    ]
    found = []
    for guardian in guardians:
        try:
            found += [child for child in guardian.children() if child.name() == "postgres"]
        except psutil.NoSuchProcess:
            continue
    return found


def _command(process: psutil.Process) -> list[str]:
    try:
        command: list[str] = process.cmdline()
    except psutil.Error:
        return []
    return command


def _home(process: psutil.Process) -> str | None:
    try:
        found: str | None = process.environ().get("FEN_HOME")
    except psutil.Error:
        return None
    return found
