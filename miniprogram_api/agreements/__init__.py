"""What waits for a second person."""

from app.web.api import Resources
from miniprogram_api.agreements import proposals

RESOURCES: Resources = (("/proposals", proposals.bp),)
