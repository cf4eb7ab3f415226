"""What people must be told."""

from app.web.api import Resources
from miniprogram_api.messages import notices

RESOURCES: Resources = (("/notices", notices.bp),)
