"""Keeps several processes running in the foreground and prints what they say, line by line.

honcho prints the lines. Its Manager ends everything when one process ends, which is right for a
developer's afternoon and wrong for a county: here a process that dies is started again, each time
a little later.
"""

import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import IO

from honcho.colour import get_colours
from honcho.printer import Message, Printer

from app.config import ROOT
from app.embedded.tether import dying_with_parent

TICK_SECONDS = 0.1
STOP_SECONDS = 5  # for the requests and the job at hand
FORCE_SECONDS = 2  # for a process that is asked a second time
PAUSE_SECONDS = (0.5, 30.0)  # first and longest wait before a dead process is started again
STEADY_SECONDS = 60  # a process that lived this long failed anew, not again


class Child:
    """A process that should always run, in a session of its own."""

    def __init__(
        self, name: str, command: Sequence[str], env: Mapping[str, str], colour: str
    ) -> None:
        self.name = name
        self.colour = colour
        self._command = command
        self._env = env
        self._process: subprocess.Popen[bytes] | None = None
        self._pause = PAUSE_SECONDS[0]
        self._began = 0.0
        self._due = 0.0
        self._rest = b""

    def start(self) -> IO[bytes]:
        """Start the process; returns the pipe with what it says."""
        self._began = time.monotonic()
        self._process = subprocess.Popen(
            self._command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            cwd=ROOT,
            env=self._env,
            start_new_session=True,  # Ctrl-C is for us; we then ask the children to stop
            preexec_fn=dying_with_parent(signal.SIGTERM),  # noqa: PLW1509 - one thread
        )
        assert self._process.stdout is not None
        os.set_blocking(self._process.stdout.fileno(), False)
        return self._process.stdout

    def died(self) -> str | None:
        """How the process ended, told once; None while it runs or waits to be started again."""
        if self._process is None or not _has_ended(self._process):
            return None
        _signal_group(self._process.pid, signal.SIGKILL)  # what it left behind
        code = self._process.wait()
        self._process = None
        if time.monotonic() - self._began > STEADY_SECONDS:
            self._pause = PAUSE_SECONDS[0]
        self._due = time.monotonic() + self._pause
        how = f"by signal {signal.Signals(-code).name}" if code < 0 else f"with code {code}"
        told = f"{self.name} ended {how}; starting it again in {self._pause:g} s"
        self._pause = min(PAUSE_SECONDS[1], 2 * self._pause)
        return told

    def is_due(self) -> bool:
        return self._process is None and time.monotonic() >= self._due

    def ask_to_stop(self) -> None:
        if self._process is not None and not _has_ended(self._process):
            os.kill(self._process.pid, signal.SIGTERM)  # Popen.terminate() would reap it as well

    def has_stopped(self) -> bool:
        if self._process is not None and _has_ended(self._process):
            self.kill()
        return self._process is None

    def kill(self) -> None:
        """End the process and whatever is left of its group."""
        if self._process is not None:
            _signal_group(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None

    def lines(self, said: bytes) -> list[bytes]:
        """The lines that are complete with what was just said."""
        *complete, self._rest = (self._rest + said).split(b"\n")
        return complete


class Supervisor:
    """Runs children until it is interrupted."""

    def __init__(self) -> None:
        self._children: list[Child] = []
        self._colours = get_colours()
        self._printer = Printer(sys.stdout)
        self._printer.width = len("system")
        self._selector = selectors.DefaultSelector()

    def add(self, name: str, command: Sequence[str], env: Mapping[str, str]) -> None:
        self._children.append(Child(name, command, env, next(self._colours)))
        self._printer.width = max(self._printer.width, len(name))

    def say(self, text: str) -> None:
        """Print lines of our own."""
        self._print("system", None, text)

    def run(self, look: Callable[[], None]) -> None:
        """Run the children, calling ``look`` at every tick, until KeyboardInterrupt.

        On the way out every child has ended, and every process of its group.
        """
        try:
            while True:
                for child in self._children:
                    self._keep(child)
                self._relay(TICK_SECONDS)
                look()
        finally:
            for ignored in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                signal.signal(ignored, signal.SIG_IGN)  # stopping is short; nothing may cut it
            self._stop()

    def _keep(self, child: Child) -> None:
        if told := child.died():
            self.say(told)
        if child.is_due():
            self._selector.register(child.start(), selectors.EVENT_READ, child)

    def _relay(self, seconds: float) -> None:
        """Print what the children say, waiting up to ``seconds`` for the first of it."""
        for key, _ in self._selector.select(seconds):
            pipe, child = key.fileobj, key.data
            said = os.read(key.fd, 65536)
            for line in child.lines(said or b"\n"):
                if line.strip():
                    self._print(child.name, child.colour, line)
            if not said:
                self._selector.unregister(pipe)
                pipe.close()  # type: ignore[union-attr]

    def _stop(self) -> None:
        self.say("stopping")
        for patience in (STOP_SECONDS, FORCE_SECONDS):
            for child in self._children:
                child.ask_to_stop()
            deadline = time.monotonic() + patience
            while time.monotonic() < deadline:
                if all(child.has_stopped() for child in self._children):
                    break
                self._relay(TICK_SECONDS)
        for child in self._children:
            child.kill()
        while self._selector.get_map():
            if not self._selector.select(0):
                break
            self._relay(0)
        for key in list(self._selector.get_map().values()):
            key.fileobj.close()  # type: ignore[union-attr]
        self._selector.close()

    def _print(self, name: str, colour: str | None, text: bytes | str) -> None:
        self._printer.write(Message("line", text, datetime.now(), name, colour))  # noqa: DTZ005


def _has_ended(process: subprocess.Popen[bytes]) -> bool:
    """Whether it has ended. It is not reaped, so its number still names its group."""
    return os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None


def _signal_group(group: int, number: signal.Signals) -> None:
    try:
        os.killpg(group, number)
    except (ProcessLookupError, PermissionError):  # macOS says the latter of an ended group
        return
