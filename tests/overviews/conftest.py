"""A household with a day behind it, and all whom it met."""

from tests.given.campaigns import office
from tests.given.inspections import collector, family, liaison, liaison_family
from tests.given.orders import town
from tests.given.sales import admin, entered, prepay, recycler
from tests.given.shelves import shelves
from tests.given.shops import counter, mall
