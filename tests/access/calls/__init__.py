"""How each endpoint is called about an object, and how its answer tells that the caller got it.

An endpoint that is not listed here fails the test of the access matrix: whoever adds a route says
in one of the modules here how it reaches somebody's object, and in ``matrix.csv`` who may.
"""

from tests.access.calls import (
    agreements,
    assets,
    checking,
    households,
    mall,
    money,
    platform,
    points,
    shops,
    sorting,
    waste,
)
from tests.access.calls.call import Call

AREAS = (
    platform,
    agreements,
    households,
    assets,
    waste,
    sorting,
    checking,
    points,
    shops,
    mall,
    money,
)
CALLS: dict[str, Call] = {name: call for area in AREAS for name, call in area.CALLS.items()}
assert len(CALLS) == sum(len(area.CALLS) for area in AREAS), "an endpoint is listed twice"
