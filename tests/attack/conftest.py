"""One dishonest person, with whatever the product hands them."""

from tests.given.campaigns import office
from tests.given.orders import town
from tests.given.races import together
from tests.given.shelves import shelves
from tests.given.shops import counter, mall
