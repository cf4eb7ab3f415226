"""What happens to a household: each kind of change is a module, done with a dry run of its own.

The register changes what is its own; whatever else hangs on a household (points, orders, cards,
proxies) is changed by the domain whose it is, which says so in its ``touched.py``.
"""

from app.register.households.life.changing import Change, ChangeKind, Line, Seen
from app.register.households.life.models import HouseholdChange
from app.register.households.life.service import carry_out, preview
from app.register.households.life.touched import Touched, touched

__all__ = [
    "Change",
    "ChangeKind",
    "HouseholdChange",
    "Line",
    "Seen",
    "Touched",
    "carry_out",
    "preview",
    "touched",
]
