"""A child that does not outlive its parent, by courtesy of the Linux kernel."""

import ctypes
import signal
import sys
from collections.abc import Callable

_PR_SET_PDEATHSIG = 1


def dying_with_parent(stop_signal: signal.Signals) -> Callable[[], None]:
    """For a child to call at its beginning: it gets the signal should its parent be killed.

    It spares the next start a recovery and keeps strays away. Nothing relies on it; macOS has no
    such thing.
    """
    if sys.platform != "linux":
        return lambda: None
    libc = ctypes.CDLL(None)  # looked up before the fork, where nothing may be loaded
    return lambda: libc.prctl(_PR_SET_PDEATHSIG, int(stop_signal), 0, 0, 0)
