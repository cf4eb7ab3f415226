"""Whether the ports of a service are there to be used."""

import socket

from app.embedded.errors import EmbeddedError


def refuse_taken(host: str, port: int) -> None:
    """Find out, before anything is started, whether a port can be listened on.

    Raises:
        EmbeddedError: it is another program's, or the administrator's.
    """
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host.strip("[]"), port))
        except PermissionError as error:
            raise EmbeddedError(
                f"This user may not listen on port {port} of {host}, as ports below 1024 are the "
                "administrator's: choose another with `PORT=9000 make run`.",
                f"当前用户不能使用端口 {port}（1024 以下的端口要管理员权限）："
                "请换一个端口，例如 PORT=9000 make run。",
            ) from error
        except OSError as error:
            raise EmbeddedError(
                f"Port {port} of {host} is not free ({error.strerror}): stop the program that "
                f"uses it, or choose another with `PORT=9000 make run`.",
                f"端口 {port} 已被占用：请停止占用它的程序，"
                "或换一个端口，例如 PORT=9000 make run。",
            ) from error
