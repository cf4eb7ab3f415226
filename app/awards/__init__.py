"""Dated points policies; what an event earns under them, and why."""

from app.awards.models import Award, Evidence
from app.awards.rules import Rule, Rules, Source
from app.awards.service import (
    Event,
    TakenBack,
    decide,
    last_day,
    last_day_of_returned,
    lock_households,
    reverse,
)
from app.awards.versions import add_policy, open_policy
from app.awards.worth import Table

__all__ = [
    "Award",
    "Event",
    "Evidence",
    "Rule",
    "Rules",
    "Source",
    "Table",
    "TakenBack",
    "add_policy",
    "decide",
    "last_day",
    "last_day_of_returned",
    "lock_households",
    "open_policy",
    "reverse",
]
