"""A stocked shop, a household with points, and orders on their way through it."""

from tests.given.campaigns import office
from tests.given.orders import town
from tests.given.races import together
from tests.given.shelves import shelves
from tests.given.shops import counter, mall
