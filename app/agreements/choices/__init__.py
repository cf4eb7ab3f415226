"""What a county chooses counts when a second administrator has agreed, a day later.

A domain's ``settings.py`` ends with ``CHANGE = settings_kind(SETTINGS)``; a view calls
``propose_settings(CHANGE, …)``. The shell does too, in somebody's name; alone it only
makes them stricter.
"""

from app.agreements.choices.kinds import settings_kind
from app.agreements.choices.service import propose_settings

__all__ = ["propose_settings", "settings_kind"]
