"""Prices on certain days, and who pays the difference."""

from app.web.api import Resources
from miniprogram_api.mall.campaigns import campaigns, funders, subsidy_fundings

RESOURCES: Resources = (
    ("/campaigns", campaigns.bp),
    ("/funders", funders.bp),
    ("/subsidy-fundings", subsidy_fundings.bp),
)
