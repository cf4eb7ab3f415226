"""Which statements a block of code built anew: a hot way has built its own already."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

from sqlalchemy.sql.dml import Delete, Insert, Update
from sqlalchemy.sql.selectable import Select

OURS = ("/app/", "/mall/", "/miniprogram_api/")


@contextmanager
def built() -> Iterator[list[str]]:
    """Collect the function of ours that built each statement: ``with built() as seen: …``.

    A statement that is built in each call costs more than the question itself, so what is asked
    at the counter or on the first screen is a constant with parameters.
    """
    seen: list[str] = []

    def noting(made):
        def init(self, *args, **kwargs):
            seen.append(_whose())
            made(self, *args, **kwargs)

        return init

    with (
        patch.object(Select, "__init__", noting(Select.__init__)),
        patch.object(Insert, "__init__", noting(Insert.__init__)),
        patch.object(Update, "__init__", noting(Update.__init__)),
        patch.object(Delete, "__init__", noting(Delete.__init__)),
    ):
        yield seen


def _whose() -> str:
    frame = sys._getframe(1)
    while frame is not None:
        path = frame.f_code.co_filename
        if "/.venv/" not in path and any(part in path for part in OURS):
            return f"{path}: {frame.f_code.co_name}"
        frame = frame.f_back
    return "outside"
