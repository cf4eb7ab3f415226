"""What is collected, handed on and received; and where it went."""

from app.web.api import Resources
from miniprogram_api.waste import collections, handovers

RESOURCES: Resources = (
    ("/collections", collections.bp),
    ("", handovers.bp),
)
