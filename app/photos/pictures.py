"""Pictures that are decoded while their sender waits, outside any transaction: a few a week."""

import shutil
from hashlib import sha256
from tempfile import TemporaryFile
from typing import BinaryIO

from app.kernel.errors import Unavailable
from app.photos.screening import Decoded, DecoderFailed, Refused, decode
from app.photos.service import check_upload


def decoded(content: BinaryIO) -> tuple[Decoded | Refused, bytes]:
    """What the decoder says of an upload, and the SHA-256 of the file.

    Raises:
        PhotoEmpty, PhotoTooLarge, NotAPhoto: it does not even begin like a picture.
        Unavailable: there is no verdict; another try may succeed.
    """
    check_upload(content)
    with TemporaryFile() as file:  # the decoder reads a real file
        shutil.copyfileobj(content, file)
        file.seek(0)
        digest = sha256(file.read()).digest()
        file.seek(0)
        try:
            return decode(file), digest
        except DecoderFailed:
            raise Unavailable() from None
