"""Dated points policies; what an event earns under them, and why."""

from app.awards.models import Award
from app.awards.rules import Rule, Rules, Source
from app.awards.service import Event, add_policy, decide, open_policy

__all__ = [
    "Award",
    "Event",
    "Rule",
    "Rules",
    "Source",
    "add_policy",
    "decide",
    "open_policy",
]
