"""Faults that a stand-in shows when told to: a time-out, a 500, HTML, garbage, a refusal."""

import threading
from collections.abc import Collection
from dataclasses import dataclass

from flask import Response

HOLD_SECONDS = 30  # longer than any client of ours waits
HTML = "<html><head><title>502 Bad Gateway</title></head><body><h1>502</h1></body></html>"


@dataclass(frozen=True)
class Fault:
    where: str
    kind: str
    times: int = 1
    errcode: int = 0
    reason: str = ""
    hold_seconds: int = HOLD_SECONDS


class Faults:
    """The faults still to be shown, in the order in which they were asked for."""

    def __init__(self) -> None:
        self._waiting: list[Fault] = []
        self._left: list[int] = []
        self._lock = threading.Lock()
        self._stopping = threading.Event()

    def add(self, fault: Fault) -> None:
        with self._lock:
            self._waiting.append(fault)
            self._left.append(fault.times)

    def clear(self) -> None:
        with self._lock:
            self._waiting.clear()
            self._left.clear()

    def take(self, where: str, kinds: Collection[str]) -> Fault | None:
        """The next fault of one of these kinds for this place, used up once."""
        with self._lock:
            for place, fault in enumerate(self._waiting):
                if fault.where == where and fault.kind in kinds:
                    self._left[place] -= 1
                    if self._left[place] <= 0:
                        del self._waiting[place], self._left[place]
                    return fault
        return None

    def hold_and_drop(self, fault: Fault) -> None:
        """Keep the caller waiting, then drop the connection without an answer."""
        self._stopping.wait(fault.hold_seconds)
        raise ConnectionAbortedError("dropped as told")

    def stop(self) -> None:
        """Let go of every request that is being held."""
        self._stopping.set()


def broken_answer(kind: str) -> Response:
    """The answer of a server or a proxy in trouble."""
    if kind == "500":
        return Response("Internal Server Error", 500, content_type="text/plain")
    if kind == "html":
        return Response(HTML, 200, content_type="text/html")
    assert kind == "garbage", "the controls admit no other"
    return Response(b'\x00\xff{"state": settl', 200, content_type="application/json")
