"""A shop, its people, and those who check them."""

from tests.given.bank import finance
from tests.given.races import together
from tests.given.shops import counter, mall
