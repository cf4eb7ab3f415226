"""The kernel's own tables, which are no domain's."""

from app.kernel.retention import Kept, plain

KEPT = (
    Kept(
        "audit_events",
        "who did what about whom, and why",
        "the trace; neither changed nor deleted by anybody (ADR 0042)",
        plain=plain("action", "subject_kind", "request_id", "mac"),
        otherwise=dict.fromkeys(
            ("subject_id", "reason", "details"),
            "as long as Fen runs; ids only, phones and ID numbers are blotted out",
        ),
    ),
    Kept("audit_seals", plain=plain("root", "previous", "key_id", "signature")),
)
