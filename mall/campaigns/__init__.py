"""Campaign prices: who pays which part of a purchase, and out of whose money the rest comes.

The modules that sell (``mall.redemption``, ``mall.orders``) ask for a ``Quote`` and let the
household agree to it. At the counter the funder's part is paid in the transaction in which the
household pays its own; of an order it is promised, and paid or released with the household's.
"""

from mall.campaigns.pricing import Quote
from mall.campaigns.promises import (
    Buyer,
    Paid,
    end_promises,
    promise_subsidy,
    quote_as_promised,
    quote_lines,
)
from mall.campaigns.queries import running
from mall.campaigns.subsidies import (
    agree,
    give_back_subsidy,
    pay_subsidy,
    quote,
    subsidy_left,
    take_turns,
)

__all__ = [
    "Buyer",
    "Paid",
    "Quote",
    "agree",
    "end_promises",
    "give_back_subsidy",
    "pay_subsidy",
    "promise_subsidy",
    "quote",
    "quote_as_promised",
    "quote_lines",
    "running",
    "subsidy_left",
    "take_turns",
]
