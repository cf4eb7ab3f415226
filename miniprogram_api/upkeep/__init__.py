"""What keeps the service running, and the demo county to try it with."""

from app.web.api import Resources
from miniprogram_api.upkeep import background, demo

RESOURCES: Resources = (
    ("/operations", background.bp),
    ("/sandbox", demo.bp),
)
