"""Dated points policies; what an event earns under them, and why."""

from app.points.awards.models import Award, Evidence
from app.points.awards.payable import Table
from app.points.awards.reaching import TakenBack
from app.points.awards.rules import Rule, Rules, Source
from app.points.awards.service import (
    Event,
    decide,
    prolong,
    reverse,
    reverse_bonuses,
    usable_again,
)
from app.points.awards.versions import add_policy, open_policy

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
    "open_policy",
    "prolong",
    "reverse",
    "reverse_bonuses",
    "usable_again",
]
