"""A household that sells, earns and pays."""

from tests.given.awards import decide
from tests.given.sales import admin, entered, family, keeper, prepay, prices, recycler, sell, sold
from tests.given.shops import counter, mall
