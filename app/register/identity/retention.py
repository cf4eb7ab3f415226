"""Whoever signs in."""

from app.kernel.retention import Kept, deleted, plain

KEPT = (
    Kept(
        "users",
        "phone, name of officials",
        "to act for a household or in an office",
        otherwise=dict.fromkeys(
            ("name", "phone_sealed", "phone_index"), "until the account is deleted"
        ),
    ),
    Kept(
        "wechat_accounts",
        "the account of WeChat",
        "signing in",
        plain=plain("appid"),
        otherwise={"openid": "until the account is deleted"},
    ),
    Kept("sessions", "digest of a token", "signing in", (deleted(after="expires_at"),)),
    Kept("role_grants", why="who was allowed to decide, as long as decisions are kept"),
)
