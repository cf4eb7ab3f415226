"""Which self-checks are judged a second time."""

from uuid import UUID

from app.kernel.secrets import vault

_SHARES = 100_000


def is_sampled(self_check_id: UUID, percent: int) -> bool:
    """Whether the self-check is one of the ``percent`` in a hundred that are judged twice.

    The same answer each time, and nobody can tell it beforehand or choose it: the id is hashed
    with the installation's secret.
    """
    digest = vault().digest(str(self_check_id), "second_review")
    return int.from_bytes(digest[:8], "big") % _SHARES < percent * _SHARES // 100
