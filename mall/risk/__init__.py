"""Patterns at a shop that a person should look at, before its money leaves.

A flag is a question, never a verdict: it names its reason and the figures behind it, and a person
answers. While it is open, a cash-out of the shop waits for the county as well.
"""

from mall.risk.models import RiskFlag, RiskReason, RiskState

__all__ = ["RiskFlag", "RiskReason", "RiskState"]
