"""What commands share: how one tells what stopped it, and which county it is about."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

import click
from sqlalchemy.exc import OperationalError

from app.kernel.errors import DomainError

AWAY = (
    "PostgreSQL does not answer: start it (`make run` starts its own) or check DATABASE_URL. "
    "数据库没有响应：请先启动服务，或检查 DATABASE_URL。"
)

county_option = click.option(
    "--county", "county_id", type=int, help="Its six-digit code; needed when there are several."
)
by_option = click.option(
    "--by", default="", help="The phone of who answers for it; needed once there is somebody."
)
P = ParamSpec("P")
R = TypeVar("R")


def told(command: Callable[P, R]) -> Callable[P, R]:
    """Show what the domain refuses, or a database that is away, in one line and no traceback."""

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return command(*args, **kwargs)
        except DomainError as refusal:
            raise click.ClickException(refusal.sentence()) from None
        except OperationalError:
            raise click.ClickException(AWAY) from None

    return run
