"""Accounts at a computer. Secrets go when their owner leaves; tries to sign in are kept a year."""

from app.kernel.retention import YEAR, Kept, deleted, plain

UNTIL_LEFT = "until the person leaves their offices"

KEPT = (
    Kept(
        "staff_accounts",
        "login, hash of a password",
        "signing in at a computer",
        plain=plain("login"),
        otherwise={"password_hash": UNTIL_LEFT},
    ),
    Kept(
        "staff_factors",
        "secret of a second factor",
        "signing in at a computer",
        otherwise={"secret_sealed": UNTIL_LEFT},
    ),
    Kept(
        "recovery_codes",
        "digests of codes",
        "signing in without one's phone",
        otherwise={"digest": UNTIL_LEFT},
    ),
    Kept("staff_links", "digest of a link", "setting a password", (deleted(after="ends_at"),)),
    Kept(
        "staff_sessions",
        "browser and network",
        "signing in at a computer",
        (deleted(after="ends_at"),),
    ),
    Kept(
        "sign_ins",
        "login and network of each try",
        "the law: half a year at least",
        (deleted(after="at", months=YEAR),),
    ),
)
