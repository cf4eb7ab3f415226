"""Who calls, where they live, and what carries a label."""

from app.web.api import Resources
from miniprogram_api.register import (
    asset_files,
    assets,
    bag_rolls,
    bindings,
    household_changes,
    household_relations,
    households,
    label_pages,
    labels,
    liaisons,
    me,
    place_days,
    regions,
    role_grants,
    rosters,
    session,
    staff,
    staff_accounts,
)

RESOURCES: Resources = (
    ("/session", session.bp),
    ("/staff", staff.bp),
    ("/staff-accounts", staff_accounts.bp),
    ("/me", me.bp),
    ("/bindings", bindings.bp),
    ("/regions", regions.bp),
    ("/households", households.bp),
    ("/households", household_changes.bp),
    ("/household-relations", household_relations.bp),
    ("/liaisons", liaisons.bp),
    ("/role-grants", role_grants.bp),
    ("", place_days.bp),
    ("", rosters.bp),
    ("/assets", assets.bp),
    ("", asset_files.bp),
    ("", labels.bp),
    ("/bag-rolls", bag_rolls.bp),
)
# For cameras that are not ours, where labels say: at the host itself.
PAGES: Resources = (("/q", label_pages.bp),)
