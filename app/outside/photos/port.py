"""What a photo store is asked, and what it may answer.

Keys are made by us from ids, never from the name of an uploaded file.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO, Protocol

from app.kernel.errors import NotFound, Unavailable

PIECE_BYTES = 1 << 20
_KEY = re.compile("[0-9a-f]{32}-[a-z]{1,16}")


class PhotoMissing(NotFound):
    code = "photo.missing"
    message = "没有找到这张照片"


class StoreFull(Unavailable):
    code = "photo.store_full"
    message = "存放照片的地方满了，照片没有保存，请稍后再传，并告诉村管理员"


class StoreAway(Unavailable):
    code = "photo.store_away"
    message = "照片暂时存不上，没有保存，请稍后再传"


@dataclass(frozen=True)
class Form:
    """What a phone posts, with the file as its last field ``file``, to put it under one key."""

    url: str
    fields: dict[str, str]


class PhotoStore(Protocol):
    """Keeps the bytes of photos by key. A key is 32 hexadecimal digits and a variant's name."""

    def put(self, key: str, content: BinaryIO) -> None:
        """Keep the content, read from where it stands to its end, whole or not at all.

        Raises:
            StoreFull, StoreAway: nothing was kept.
        """

    def open(self, key: str) -> BinaryIO:
        """The content, as a real file to read and close.

        Raises:
            PhotoMissing: nothing is kept under this key.
            StoreAway: the store does not answer.
        """

    def delete(self, key: str) -> None:
        """Forget the content; a key that is not kept is no error.

        Raises:
            StoreAway: it may still be there.
        """

    def older_keys(self, variant: str, before: datetime) -> Iterator[str]:
        """The keys of a variant written before the instant, also of writes that never ended."""

    def form(self, key: str, *, content_type: str, bytes_max: int, seconds: int) -> Form:
        """A form with which anybody may put one file under the key, for so many seconds."""

    def link(self, key: str, *, seconds: int) -> str:
        """A URL at which anybody may read the content, for so many seconds."""


def is_key(text: str) -> bool:
    """Whether the text is a key that we could have made."""
    return _KEY.fullmatch(text) is not None


def variant_of(key: str) -> str:
    """The variant in a key."""
    assert is_key(key), "keys are made by us"
    return key.partition("-")[2]
