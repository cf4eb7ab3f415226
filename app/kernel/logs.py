"""JSON logs, one line an event, with the request id and without secrets or personal data."""

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

# WeChat carries secrets in query strings, and libraries put URLs into their messages.
_SECRET_IN_URL = re.compile(
    r"((?:secret|access_token|js_code|code|session_key|token|signature)=)[^&\s\"']+", re.IGNORECASE
)
_ID_NUMBER = re.compile(r"(?<!\d)\d{17}[\dXx](?!\d)", re.ASCII)
_PHONE = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)", re.ASCII)
# Ours, and checked where it comes in: 32 hexadecimal digits look like a phone number now and then.
_KEPT = {"request_id"}
_URL_PASSWORD = re.compile(r"(://[^:/@\s]*:)[^@/\s]+@")


def scrubbed(text: str) -> str:
    """The text without secrets of URLs, ID numbers and phone numbers."""
    text = _SECRET_IN_URL.sub(r"\1[hidden]", text)
    text = _URL_PASSWORD.sub(r"\1[hidden]@", text)
    text = _ID_NUMBER.sub("[id number]", text)
    return _PHONE.sub("[phone]", text)


def _scrub(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    return {
        key: scrubbed(value) if isinstance(value, str) and key not in _KEPT else value
        for key, value in event.items()
    }


class _ToStderr(logging.Handler):
    """Writes to whatever standard error is at that moment: it is replaced by tests and servers."""

    def emit(self, record: logging.LogRecord) -> None:
        try:
            sys.stderr.write(self.format(record) + "\n")
        except Exception:
            self.handleError(record)


def configure(level: str, *, readable: bool) -> None:
    """Send every log record of this process through one door.

    ``readable`` prints a short line for a person at a terminal, otherwise JSON.
    """
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        _scrub,
    ]
    last = (
        structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
        if readable
        else structlog.processors.JSONRenderer(ensure_ascii=False)
    )
    handler = _ToStderr()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, last],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
