"""What one test session keeps for the next, in the user's cache folder."""

import os
import shutil
import time
from pathlib import Path

KEPT = 8  # of each kind: several branches are tested side by side
LEFT_BY_KILLED_SECONDS = 3_600


def folder() -> Path:
    """Where it lies; made when it is not there."""
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    found = Path(cache) / "fen" / "tests"
    found.mkdir(mode=0o700, parents=True, exist_ok=True)
    return found


def forget_old(kind: str) -> None:
    """Keep the newest of a kind, named by a pattern, and no draft that a killed session left."""
    kept = sorted(folder().glob(kind), key=lambda path: path.stat().st_mtime)
    before = time.time() - LEFT_BY_KILLED_SECONDS
    drafts = [path for path in folder().glob("draft-*") if path.stat().st_mtime < before]
    for path in [*kept[:-KEPT], *drafts]:
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
