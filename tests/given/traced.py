"""What the product writes into the trace, held against the words that the auditor reads."""

from typing import Any

from sqlalchemy import event

from app.agreements.trace.words import ACTIONS
from app.kernel.audit.models import AuditEvent


def keep_watch() -> None:
    """Fail whatever test leaves an event whose action has no words."""
    event.listen(AuditEvent, "init", _has_words)


def _has_words(_target: AuditEvent, _args: Any, columns: dict[str, Any]) -> None:
    action = columns["action"]
    # Choices are looked through by name (tests/app/agreements/morning), and some are a test's own,
    # as are deeds that are called so.
    is_said = action in ACTIONS or action.endswith(".set_settings") or action == "test.deed"
    assert is_said, f"{action} is not in app/agreements/trace/words.py: say it in words"
