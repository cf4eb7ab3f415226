"""Who did what, when, to which row; written in the same transaction as the deed, and sealed."""

from app.kernel.audit.asking import doers, first_at
from app.kernel.audit.circumstances import Channel, act_as, enter, leave, under
from app.kernel.audit.sealing import TRACE, counties
from app.kernel.audit.service import record

__all__ = [
    "TRACE",
    "Channel",
    "act_as",
    "counties",
    "doers",
    "enter",
    "first_at",
    "leave",
    "record",
    "under",
]
