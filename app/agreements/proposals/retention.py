"""What one person proposed and another agreed to."""

from app.kernel.retention import Kept, plain

BOOKS_HOLD = "as the books do; ids and numbers, what is secret lies in proposal_secrets"

KEPT = (
    Kept(
        "proposals",
        "why somebody said no",
        "who decided what",
        plain=plain("kind", "subject_kind", "needed", "told"),
        otherwise=dict.fromkeys(("subject_id", "content", "before", "reason"), BOOKS_HOLD),
    ),
    Kept("proposal_approvals", plain=plain("digest")),
    Kept(
        "proposal_secrets",
        "rows of a roster that wait",
        "to be decided about",
        otherwise={"sealed": "60 days, by a sweep of its own"},
    ),
)
