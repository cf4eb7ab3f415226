"""Why the embedded servers refuse to run, told to the operator in English and Chinese."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
NOT_WRITABLE = {errno.EACCES, errno.EPERM, errno.EROFS}
# How PostgreSQL, initdb and Valkey report the same in their logs (their locale is C).
NO_ROOM_PHRASES = ("No space left on device", "File too large", "Disk quota exceeded", "SIGXFSZ")


class EmbeddedError(Exception):
    """The servers cannot run; the message says what happened and what to do."""

    def __init__(self, english: str, chinese: str) -> None:
        super().__init__(english, chinese)
        self.english = english
        self.chinese = chinese

    def __str__(self) -> str:
        return f"{self.english}\n{self.chinese}"


def no_room(folder: Path) -> EmbeddedError:
    return EmbeddedError(
        f"There is no room left to write in {folder} (disk full, quota or file size limit): "
        "free some space, or set FEN_HOME to a folder on a larger disk. Nothing committed is lost.",
        f"{folder} 所在磁盘已满：请清理出空间，或把 FEN_HOME 设到更大的磁盘上。"
        "已保存的数据没有丢失。",
    )


def not_writable(folder: Path) -> EmbeddedError:
    return EmbeddedError(
        f"This user may not write in {folder}: make the folder yours (chown), "
        "or set FEN_HOME to a folder that you own.",
        f"当前用户不能写入 {folder}：请修改该文件夹的所有者（chown），"
        "或把 FEN_HOME 设为您自己的文件夹。",
    )


@contextmanager
def explained(folder: Path) -> Iterator[None]:
    """Tell a failure of the file system below ``folder`` as an EmbeddedError."""
    try:
        yield
    except OSError as error:
        if error.errno in NO_ROOM:
            raise no_room(folder) from error
        if error.errno in NOT_WRITABLE:
            raise not_writable(folder) from error
        raise EmbeddedError(
            f"{folder} cannot be used: {error}. Set FEN_HOME to another folder.",
            f"无法使用 {folder}：{error}。请把 FEN_HOME 设为其他文件夹。",
        ) from error
