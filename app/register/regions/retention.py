"""Places and choices of a county: nobody's."""

from app.kernel.retention import Kept, plain

KEPT = (
    Kept("counties", plain=plain("name")),
    Kept("regions", plain=plain("name")),
    Kept("county_settings", plain=plain("name", "content")),
)
