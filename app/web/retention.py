"""Answers to commands: the body a week, the key half a year, or a repeat would act again."""

from app.kernel.retention import Kept, deleted, emptied, plain

KEPT = (
    Kept(
        "idempotent_answers",
        "what a command answered",
        "a repeat does nothing",
        (emptied("body", after="created_at", days=7), deleted(after="created_at", days=180)),
        plain=plain("key", "request_digest"),
    ),
)
