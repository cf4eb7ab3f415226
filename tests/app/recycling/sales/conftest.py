"""A recycler with money, a household, and somebody with a scale."""

from tests.given.races import together
from tests.given.related import one_person, related
from tests.given.sales import admin, entered, family, keeper, prepay, prices, recycler, sell, sold
from tests.given.superuser import superuser
