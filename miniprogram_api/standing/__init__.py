"""Where households stand."""

from app.web.api import Resources
from miniprogram_api.standing import scores

RESOURCES: Resources = (("/scores", scores.bp),)
