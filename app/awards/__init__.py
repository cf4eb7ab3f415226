"""Dated points policies; what an event earns under them, and why."""

from app.awards.models import Award, Evidence
from app.awards.rules import Rule, Rules, Source
from app.awards.service import Event, add_policy, decide, lock_households, open_policy

__all__ = [
    "Award",
    "Event",
    "Evidence",
    "Rule",
    "Rules",
    "Source",
    "add_policy",
    "decide",
    "lock_households",
    "open_policy",
]
