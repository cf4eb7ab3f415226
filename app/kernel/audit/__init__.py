"""Who did what, when, to which row; written in the same transaction as the deed."""

from app.kernel.audit.service import record

__all__ = ["record"]
