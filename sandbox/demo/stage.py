"""The processes of the demo: the whole service in a temporary home, started and ended by us."""

import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import requests

from app.config import ROOT

START_SECONDS_MAX = 120
STOP_SECONDS_MAX = 20
ANSWER_SECONDS_MAX = 30


class StoryBroken(Exception):
    """A step is not as it should be; the message says which and how."""


class Stage:
    """``make run`` in a home of its own, as a context; without the demo county unless asked."""

    def __init__(self, *, with_county: bool = False) -> None:
        self.home = Path(tempfile.mkdtemp(prefix="fen-demo-"))
        self._log = self.home / "service.log"
        port = _free_ports(3)
        self.api = f"http://127.0.0.1:{port}"
        self.wechat = f"http://127.0.0.1:{port + 1}"
        self.bank = f"http://127.0.0.1:{port + 2}"
        self._env = {
            **{k: v for k, v in os.environ.items() if not k.startswith(("FEN_", "WX_", "BANK_"))},
            "FEN_HOME": str(self.home),
            "PORT": str(port),
            "FEN_DEMO_COUNTY": "yes" if with_county else "no",
            "WX_API_BASE": "",
            "BANK_API_BASE": "",
            "PUBLIC_BASE_URL": "",
            "PHOTO_STORE": "",
            "CONTENT_CHECK": "",
            "DATABASE_URL": "",
            "REDIS_URL": "",
            "PYTHONUNBUFFERED": "1",
        }
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "app.embedded"],
                cwd=ROOT,
                env=self._env,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        try:
            self._wait_until_ready()
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stop()
        shutil.rmtree(self.home, ignore_errors=True)

    def stop(self) -> None:
        """Press Ctrl-C, and see that nothing is left running."""
        self._stop()
        left = self._left_running()
        if left:
            raise StoryBroken(f"停止后还有进程没有退出：{', '.join(left)}")

    def let_a_day_pass(self) -> None:
        """What two people agreed begins now: a story has no day to wait for it."""
        subprocess.run(
            [sys.executable, "-m", "sandbox.a_day_later"],
            cwd=ROOT,
            env=self._with_stand_ins(),
            check=True,
            timeout=START_SECONDS_MAX,
        )

    def flask(self, *arguments: str, refused: bool = False) -> str:
        """Run a ``flask`` command as an operator would; returns what it printed.

        Raises:
            StoryBroken: it failed, or (``refused``) it did not.
        """
        done = subprocess.run(  # noqa: S603 - our own program
            [sys.executable, "-m", "flask", "--app", "wsgi", *arguments],
            cwd=ROOT,
            env=self._with_stand_ins(),
            check=False,
            capture_output=True,
            text=True,
            timeout=START_SECONDS_MAX,
        )
        if (done.returncode != 0) != refused:
            raise StoryBroken(
                f"flask {' '.join(arguments)} 以 {done.returncode} 结束：\n"
                f"{done.stdout}{done.stderr}"
            )
        return done.stdout

    def control(self, stand_in: str, path: str, **body: Any) -> dict[str, Any]:
        """Turn a knob of a stand-in: what a phone or the bank's own people would do."""
        answer = requests.post(f"{stand_in}/_sandbox/{path}", json=body, timeout=ANSWER_SECONDS_MAX)
        if not answer.ok:
            raise StoryBroken(f"{path}: {answer.status_code} {answer.text}")
        told: dict[str, Any] = answer.json()
        return told

    def _with_stand_ins(self) -> dict[str, str]:
        return {**self._env, "WX_API_BASE": self.wechat, "BANK_API_BASE": self.bank}

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + START_SECONDS_MAX
        waiting = [f"{self.api}/readyz", f"{self.wechat}/healthz", f"{self.bank}/healthz"]
        while waiting:
            if self._process is None or self._process.poll() is not None:
                raise StoryBroken(f"服务没有启动成功：\n{self._last_lines()}")
            if time.monotonic() > deadline:
                raise StoryBroken(f"服务启动超时：\n{self._last_lines()}")
            try:
                if requests.get(waiting[0], timeout=2).ok:
                    waiting.pop(0)
                    continue
            except requests.RequestException:
                pass
            time.sleep(0.1)

    def _last_lines(self) -> str:
        return "\n".join(self._log.read_text(errors="replace").splitlines()[-30:])

    def _stop(self) -> None:
        if self._process is None or self._process.poll() is not None:
            return
        os.killpg(self._process.pid, signal.SIGINT)
        try:
            self._process.wait(STOP_SECONDS_MAX)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            raise StoryBroken(f"按 Ctrl-C 后 {STOP_SECONDS_MAX} 秒还没有停下") from None

    def _left_running(self) -> list[str]:
        """Processes that still carry our home in their environment."""
        mark = f"FEN_HOME={self.home}".encode()
        left = []
        for process in Path("/proc").glob("[0-9]*"):
            try:
                if mark in (process / "environ").read_bytes().split(b"\0"):
                    left.append((process / "comm").read_text().strip())
            except OSError:  # it ended while we looked, or it is not ours to read
                continue
        return left


def _free_ports(count: int) -> int:
    """The first of several free ports in a row.

    Below those that the system hands to outgoing connections (32768 and up on Linux): one of these
    could take a port between our look and the start of what is to listen there.
    """
    while True:
        first = random.randrange(10_000, 30_000)
        if all(map(_is_free, range(first, first + count))):
            return first


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True
