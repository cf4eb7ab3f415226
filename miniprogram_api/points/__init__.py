"""Points, and the rules by which they are earned."""

from app.web.api import Resources
from miniprogram_api.points import awards, books, budgets, points, policies

RESOURCES: Resources = (
    ("/awards", awards.bp),
    ("/policies", policies.bp),
    ("/policy-drafts", policies.drafts_bp),
    ("/ledger", books.bp),
    ("/points", points.bp),
    ("/budgets", budgets.bp),
)
