"""Campaign prices: who pays which part of a purchase, and out of whose money the rest comes.

The modules that sell (``mall.redemption``, and orders) ask for a ``Quote``, let the household agree
to it, and pay the funder's part in the transaction in which the household pays its own.
"""

from mall.campaigns.pricing import Quote
from mall.campaigns.subsidies import (
    agree,
    give_back_subsidy,
    pay_subsidy,
    quote,
    subsidy_left,
)

__all__ = ["Quote", "agree", "give_back_subsidy", "pay_subsidy", "quote", "subsidy_left"]
