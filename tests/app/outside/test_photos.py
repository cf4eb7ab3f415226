"""The photo store on disk; what both stores promise is in test_photo_stores."""

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest

from app.config import ROOT
from app.outside.photos import DiskPhotos, StoreAway

KEY = "0197fc3a0000700080000000000000ab-shown"


@pytest.fixture
def store(tmp_path):
    return DiskPhotos(tmp_path / "photos")


def read(store, key=KEY):
    with store.open(key) as file:
        return file.read()


def files(folder):
    return [path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()]


def test_what_was_put_is_read_back_from_below_its_variant(store, tmp_path):
    store.put(KEY, BytesIO(b"picture"))

    assert read(store) == b"picture"
    assert files(tmp_path) == [f"photos/shown/ab/00/{KEY}"]


def test_a_full_disk_is_said_plainly_and_leaves_no_half_file(tmp_path):
    """The kernel refuses the write in the middle: the process may not write such a large file."""
    script = f"""
import resource, sys
from io import BytesIO
from pathlib import Path
from app.outside.photos import DiskPhotos, StoreFull
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
try:
    DiskPhotos(Path({str(tmp_path)!r})).put({KEY!r}, BytesIO(bytes(5_000_000)))
except StoreFull as refusal:
    print(refusal.status, refusal.sentence())
"""
    ended = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert "503 存放照片的地方满了，照片没有保存，请稍后再传，并告诉村管理员" in ended.stdout
    assert files(tmp_path) == []


def test_old_keys_are_listed_by_variant_also_of_writes_that_never_ended(store, tmp_path):
    now = datetime.now(UTC)
    store.put(KEY, BytesIO(b"picture"))
    other = KEY.replace("shown", "thumb")
    store.put(other, BytesIO(b"picture"))
    unfinished = KEY.replace("ab-", "cd-")
    folder = tmp_path / "photos" / "shown" / "cd" / "00"
    folder.mkdir(parents=True)
    (folder / f".{unfinished}.01234567").write_bytes(b"pic")

    soon, long_ago = now + timedelta(hours=1), now - timedelta(hours=1)
    assert set(store.older_keys("shown", soon)) == {KEY, unfinished}
    assert set(store.older_keys("shown", long_ago)) == set()

    store.delete(unfinished)
    assert set(store.older_keys("shown", soon)) == {KEY}


def test_a_store_that_cannot_be_written_is_said_plainly(tmp_path):
    (tmp_path / "photos").write_text("a file where the folder should be")

    with pytest.raises(StoreAway):
        DiskPhotos(tmp_path / "photos").put(KEY, BytesIO(b"picture"))
