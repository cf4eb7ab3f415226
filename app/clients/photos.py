"""Where photos are kept: files on disk, or anything else that speaks the same four verbs.

Keys are made by us from ids, never from the name of an uploaded file.
"""

import errno
import os
import re
import secrets
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Protocol

import structlog

from app.kernel.errors import NotFound, Unavailable

log = structlog.get_logger(__name__)

_KEY = re.compile(r"^[0-9a-f]{32}-[a-z]{1,16}$")
_DRAFT = re.compile(r"^\.(.+)\.[0-9a-f]{8}$")
_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_PIECE_BYTES = 1 << 20


class PhotoMissing(NotFound):
    code = "photo.missing"
    message = "没有找到这张照片"


class StoreFull(Unavailable):
    code = "photo.store_full"
    message = "存放照片的地方满了，照片没有保存，请稍后再传，并告诉村管理员"


class StoreAway(Unavailable):
    code = "photo.store_away"
    message = "照片暂时存不上，没有保存，请稍后再传"


class PhotoStore(Protocol):
    """Keeps the bytes of photos by key. A key is 32 hexadecimal digits and a variant's name."""

    def put(self, key: str, content: BinaryIO) -> None:
        """Keep the content, read from where it stands to its end, whole or not at all.

        Raises:
            StoreFull, StoreAway: nothing was kept.
        """

    def open(self, key: str) -> BinaryIO:
        """The content, as a file to read and close.

        Raises:
            PhotoMissing: nothing is kept under this key.
            StoreAway: the store does not answer.
        """

    def delete(self, key: str) -> None:
        """Forget the content; a key that is not kept is no error."""

    def older_keys(self, variant: str, before: datetime) -> Iterator[str]:
        """The keys of a variant written before the instant, also of writes that never ended."""


class DiskPhotos:
    """Photos as files, below their variant in two levels of folders, so that none grows large."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def put(self, key: str, content: BinaryIO) -> None:
        path = self._path(key)
        draft = path.with_name(f".{key}.{secrets.token_hex(4)}")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            try:
                _write(draft, content)
                draft.replace(path)  # atomic: a reader sees the old file or the whole new one
            finally:
                draft.unlink(missing_ok=True)
            _make_durable(path.parent)
        except OSError as error:
            log.error("photos.not_kept", error=errno.errorcode.get(error.errno or 0, "unknown"))
            raise (StoreFull if error.errno in _NO_ROOM else StoreAway)() from error

    def open(self, key: str) -> BinaryIO:
        try:
            return self._path(key).open("rb")
        except FileNotFoundError:
            raise PhotoMissing() from None
        except OSError as error:
            log.error("photos.not_read", error=errno.errorcode.get(error.errno or 0, "unknown"))
            raise StoreAway() from error

    def delete(self, key: str) -> None:
        path = self._path(key)
        try:
            for found in [path, *path.parent.glob(f".{key}.*")]:
                found.unlink(missing_ok=True)
        except OSError as error:
            log.error("photos.not_deleted", error=errno.errorcode.get(error.errno or 0, "unknown"))
            raise StoreAway() from error

    def older_keys(self, variant: str, before: datetime) -> Iterator[str]:
        for path in (self._root / variant).glob("*/*/*"):
            draft = _DRAFT.match(path.name)
            key = draft[1] if draft else path.name
            if _KEY.match(key) and path.stat().st_mtime < before.timestamp():
                yield key

    def _path(self, key: str) -> Path:
        assert _KEY.match(key), "keys are made by us"
        variant = key.partition("-")[2]
        # The ids are UUIDv7: their first digits are the time, only their last ones spread.
        return self._root / variant / key[30:32] / key[28:30] / key


def _write(path: Path, content: BinaryIO) -> None:
    with path.open("xb") as file:
        while piece := content.read(_PIECE_BYTES):
            file.write(piece)
        file.flush()
        os.fsync(file.fileno())


def _make_durable(folder: Path) -> None:
    """Have the disk remember the new name, not only the content."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
