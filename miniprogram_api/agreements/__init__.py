"""What waits for a second person, and what an auditor looks at."""

from app.web.api import Resources
from miniprogram_api.agreements import approvals, deeds, proposals, trace

RESOURCES: Resources = (
    ("/approvals", approvals.bp),
    ("/proposals", proposals.bp),
    ("/trust/acts", deeds.bp),
    ("/audit/events", trace.bp),
)
