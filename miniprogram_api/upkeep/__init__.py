"""What keeps the service running."""

from app.web.api import Resources
from miniprogram_api.upkeep import background

RESOURCES: Resources = (("/operations", background.bp),)
