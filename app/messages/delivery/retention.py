"""How people may be told."""

from app.kernel.retention import Kept, plain

KEPT = (
    Kept(
        "message_credits",
        why="how often WeChat lets us write, until the account is deleted",
        plain=plain("kind"),
    ),
    Kept("notice_marks", why="what is read, until the account is deleted"),
    Kept("message_templates", plain=plain("kind", "template_id", "fields")),
)
