"""Passwords: how strong they must be, and how they are kept.

argon2id over an HMAC with a key that is not in the database, as PINs are. A hash takes 64 MB, so
two at once a process; an unknown login is hashed as well, so that it takes as long.
"""

import re
from base64 import b64encode
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError

from app.kernel.secrets import vault
from app.register.identity.staff.errors import PasswordWeak

LENGTH_MIN, LENGTH_MAX = 12, 128
AT_ONCE = 2
_PURPOSE = "staff.password"
_COMMON = (
    *(
        "password",
        "passwrd",
        "admin",
        "administrator",
        "qwerty",
        "qwertyuiop",
        "woaini",
        "iloveyou",
    ),
    *(
        "letmein",
        "welcome",
        "zhongguo",
        "abcd",
        "abcdef",
        "asdfgh",
        "zxcvbn",
        "root",
        "user",
        "test",
    ),
    *("huanjing", "lajifenlei", "fenlei", "changeme", "default", "secret", "china", "beijing"),
)
_hasher = PasswordHasher()  # RFC 9106: t=3, m=64 MiB, p=4
_turns = BoundedSemaphore(AT_ONCE)


def kept(password: str, *, known: tuple[str, ...]) -> str:
    """The hash of a new password; ``known`` are words of the person: login, name, county.

    Raises:
        PasswordWeak: it would be guessed.
    """
    if weakness := _weakness(password, known):
        raise PasswordWeak(why=weakness)
    with _turns:
        return _hasher.hash(_peppered(password))


def is_right(password: str, kept_hash: str | None) -> bool:
    """Whether it is the password; without a hash it takes as long, and is not."""
    with _turns:
        try:
            _hasher.verify(kept_hash or _nobodys(), _peppered(password))
        except VerificationError:
            return False
    return kept_hash is not None


def needs_rehash(kept_hash: str) -> bool:
    """Whether it was made at a lower cost than now."""
    return _hasher.check_needs_rehash(kept_hash)


def _weakness(password: str, known: tuple[str, ...]) -> str | None:
    if not LENGTH_MIN <= len(password) <= LENGTH_MAX:
        return "short"
    sorts = (r"[a-zA-Z]", r"[0-9]", r"[^a-zA-Z0-9]")
    if sum(bool(re.search(sort, password)) for sort in sorts) < 2 or len(set(password)) < 5:
        return "one_sort"
    letters = re.sub("[^a-z]", "", password.lower())
    if letters in _COMMON or any(letters == one * 2 for one in _COMMON):
        return "common"
    if any(len(word) > 1 and word.lower() in password.lower() for word in known):
        return "name"
    return None


def _peppered(password: str) -> str:
    return b64encode(vault().index(password, _PURPOSE)).decode()


_of_nobody: list[str] = []


def _nobodys() -> str:
    if not _of_nobody:
        _of_nobody.append(_hasher.hash("nobody"))
    return _of_nobody[0]


def rehashed(password: str) -> str:
    """The same password at the cost of now."""
    with _turns:
        return _hasher.hash(_peppered(password))
