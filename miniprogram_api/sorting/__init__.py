"""Looking at how households sort."""

from app.web.api import Resources
from miniprogram_api.sorting import (
    appeals,
    care,
    check_conflicts,
    checks,
    guide,
    liaison,
    rates,
    reviewers,
    reviews,
    rounds,
    rulings,
    self_checks,
)

RESOURCES: Resources = (
    ("/self-checks", self_checks.bp),
    ("/appeals", appeals.bp),
    ("/reviews", reviews.bp),
    ("/rulings", rulings.bp),
    ("/reviewers", reviewers.bp),
    ("/liaison", liaison.bp),
    ("/checks", checks.bp),
    ("/check-conflicts", check_conflicts.bp),
    ("/care", care.bp),
    ("/rounds", rounds.bp),
    ("/rates", rates.bp),
    ("/sorting-guide", guide.bp),
)
