"""Who runs the servers: ourselves, or an unprivileged account when we are root.

PostgreSQL refuses to run as root. No account is made for it: an existing one is borrowed. The
home may lie where that account cannot go (below root's own folder, say). Nothing on the way is
opened up; instead the server inherits an open descriptor of the folder and names it through
/proc/self/fd, so the data stay in the home.
"""

import os
import pwd
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

from app.embedded.errors import EmbeddedError


class Credentials(TypedDict, total=False):
    """How ``subprocess.Popen`` is told to change the user."""

    user: int
    group: int
    extra_groups: list[int]


@dataclass(frozen=True)
class Account:
    """An unprivileged account of this machine."""

    name: str
    uid: int
    gid: int

    def may_reach(self, path: Path) -> bool:
        """Whether the account can enter the folder, or run the program, at this path."""
        command = ["/usr/bin/env", "test", "-x", str(path)]
        return subprocess.run(command, check=False, cwd="/", **credentials(self)).returncode == 0


def server_account(home: Path) -> Account | None:
    """The account to run the servers under; None when we are not root and run them ourselves.

    The owner of the data goes on owning it; then the owner of the home; then ``nobody``.
    """
    if os.geteuid() != 0:
        _refuse_nameless()
        return None
    for folder in (home / "servers" / "postgresql", home):
        owner = folder.stat().st_uid if folder.exists() else 0
        if owner != 0:
            try:
                return _account(pwd.getpwuid(owner))
            except KeyError:
                continue
    try:
        return _account(pwd.getpwnam("nobody"))
    except KeyError:
        raise EmbeddedError(
            "PostgreSQL does not run as root and this machine has no account `nobody`: "
            "start Fen as an ordinary user.",
            "PostgreSQL 不能以 root 运行，而本机没有 nobody 账户：请用普通用户启动。",
        ) from None


def credentials(account: Account | None) -> Credentials:
    if account is None:
        return {}
    return {"user": account.uid, "group": account.gid, "extra_groups": []}


@contextmanager
def passage(folder: Path, account: Account | None) -> Iterator[tuple[str, tuple[int, ...]]]:
    """A path by which the account reaches the folder, and the descriptors it must inherit."""
    if account is None or account.may_reach(folder):
        yield str(folder), ()
        return
    if not Path("/proc/self/fd").exists():
        raise EmbeddedError(
            f"The account `{account.name}`, which runs the servers, cannot enter {folder}: "
            "set FEN_HOME to a folder that everybody may enter, such as /var/lib/fen.",
            f"运行数据库的账户 {account.name} 无法进入 {folder}："
            "请把 FEN_HOME 设为 /var/lib/fen 这样的文件夹。",
        )
    descriptor = os.open(folder, os.O_PATH | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{descriptor}", (descriptor,)
    finally:
        os.close(descriptor)


def _refuse_nameless() -> None:
    """PostgreSQL looks its user up; a container may run under a number without a name."""
    try:
        pwd.getpwuid(os.geteuid())
    except KeyError:
        raise EmbeddedError(
            f"The user with number {os.geteuid()} has no name on this machine, and PostgreSQL "
            "needs one: start Fen as a user of /etc/passwd.",
            f"本机没有编号为 {os.geteuid()} 的用户名，PostgreSQL 无法启动："
            "请用 /etc/passwd 中的用户启动。",
        ) from None


def _account(entry: pwd.struct_passwd) -> Account:
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)
