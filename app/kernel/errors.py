"""Errors that a caller can cause. Services raise them; ``app.web`` turns them into responses."""

from typing import Any, ClassVar


class DomainError(Exception):
    """A refusal with a stable code for programs and a Chinese sentence for people.

    ``details`` carry numbers and ids for programs, never personal data. A message may name
    details in braces: ``message = "余额不足，还差 {short} 分"``.
    """

    status: ClassVar[int] = 400
    code: ClassVar[str] = "bad_request"
    message: ClassVar[str] = "请求有误"
    # Somebody tried what one person must not do alone: the refusal itself is kept in the trace.
    is_traced: ClassVar[bool] = False

    def __init__(self, **details: Any) -> None:
        super().__init__(self.code)
        self.details = details

    def sentence(self) -> str:
        """The message with its details filled in."""
        return self.message.format_map(self.details)


class Unauthenticated(DomainError):
    status = 401
    code = "unauthenticated"
    message = "请先登录"


class Forbidden(DomainError):
    status = 403
    code = "forbidden"
    message = "您没有权限做这件事；如果应当由您来做，请联系上一级管理员"


class NotFound(DomainError):
    status = 404
    code = "not_found"
    message = "没有找到"


class Conflict(DomainError):
    status = 409


class Invalid(DomainError):
    """The request is understood and its content is not acceptable."""

    status = 422


class Unavailable(DomainError):
    """Something outside does not answer; the caller may try again."""

    status = 503
    code = "unavailable"
    message = "服务暂时不可用，请稍后再试"
