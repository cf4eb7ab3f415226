"""A recycler, and the bank's line on which their money came in."""

from tests.given.bank import books, finance, statement
from tests.given.races import together
from tests.given.sales import admin, entered, family, prepay, recycler
from tests.given.shops import mall
