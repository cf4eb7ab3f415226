"""Campaigns: of funders and shops, not of people."""

from app.kernel.retention import Kept, plain

KEPT = (
    Kept("funders", plain=plain("name")),
    Kept("campaigns", plain=plain("name", "stopped_because")),
    Kept("subsidies", why="the books", plain=plain("reference")),
    Kept("promised_subsidies", why="the books", plain=plain("reference")),
    Kept("subsidy_fundings", why="the books"),
)
