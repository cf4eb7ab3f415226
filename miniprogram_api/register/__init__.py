"""Who calls, and where they live."""

from app.web.api import Resources
from miniprogram_api.register import (
    bindings,
    household_relations,
    households,
    me,
    place_days,
    regions,
    role_grants,
    rosters,
    session,
)

RESOURCES: Resources = (
    ("/session", session.bp),
    ("/me", me.bp),
    ("/bindings", bindings.bp),
    ("/regions", regions.bp),
    ("/households", households.bp),
    ("/household-relations", household_relations.bp),
    ("/role-grants", role_grants.bp),
    ("", place_days.bp),
    ("", rosters.bp),
)
