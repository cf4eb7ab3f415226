"""Where households stand."""

from app.web.api import Resources
from miniprogram_api.standing import ranks, scores

RESOURCES: Resources = (("/ranks", ranks.bp), ("/scores", scores.bp))
