"""Photos as files on disk, with a door of our own for those who must reach one by URL.

The door (``miniprogram_api.photos.photo_files``) lets in whoever carries our signature: a phone
with a form, WeChat with a link. So both stores can be used alike.
"""

import errno
import os
import re
import secrets
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO

import structlog

from app.kernel import clock, links
from app.outside.photos.port import (
    PIECE_BYTES,
    Form,
    PhotoMissing,
    StoreAway,
    StoreFull,
    is_key,
    variant_of,
)

log = structlog.get_logger(__name__)

DOOR = "/api/v1/photos/files"
_TERMS = ("key", "Content-Type", "bytes_max", "until")
_DRAFT = re.compile(r"\.(.+)\.[0-9a-f]{8}")
_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


class DiskPhotos:
    """Photos as files, below their variant in two levels of folders, so that none grows large."""

    def __init__(self, root: Path, public_url: str = "") -> None:
        self._root = root
        self._public_url = public_url.rstrip("/")

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
            draft = _DRAFT.fullmatch(path.name)
            key = draft[1] if draft else path.name
            if is_key(key) and path.stat().st_mtime < before.timestamp():
                yield key

    def form(self, key: str, *, content_type: str, bytes_max: int, seconds: int) -> Form:
        until = int((clock.now() + timedelta(seconds=seconds)).timestamp())
        terms = {
            "key": key,
            "Content-Type": content_type,
            "bytes_max": str(bytes_max),
            "until": str(until),
        }
        return Form(self._public_url + DOOR, {**terms, "signature": links.signature(_form(terms))})

    def link(self, key: str, *, seconds: int) -> str:
        until = int((clock.now() + timedelta(seconds=seconds)).timestamp())
        signature = links.signature(_link(key, str(until)))
        return f"{self._public_url}{DOOR}/{key}?until={until}&signature={signature}"

    def admits_form(self, fields: Mapping[str, str]) -> bool:
        """Whether the fields are those of a form of ours that is still good."""
        terms = {name: fields.get(name, "") for name in _TERMS}
        return is_key(terms["key"]) and _is_good(
            _form(terms), terms["until"], fields.get("signature", "")
        )

    def admits_link(self, key: str, until: str, signature: str) -> bool:
        """Whether the link is one of ours that is still good."""
        return is_key(key) and _is_good(_link(key, until), until, signature)

    def _path(self, key: str) -> Path:
        variant = variant_of(key)
        # The ids are UUIDv7: their first digits are the time, only their last ones spread.
        return self._root / variant / key[30:32] / key[28:30] / key


def _write(path: Path, content: BinaryIO) -> None:
    with path.open("xb") as file:
        while piece := content.read(PIECE_BYTES):
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


def _form(terms: Mapping[str, str]) -> str:
    return "\n".join(("POST", *(terms[name] for name in _TERMS)))


def _link(key: str, until: str) -> str:
    return f"GET\n{key}\n{until}"


def _is_good(text: str, until: str, signature: str) -> bool:
    is_ours = links.is_signed(text, signature)
    return is_ours and clock.now().timestamp() <= int(until)
