"""What the tests of operations share."""

from tests.given.shops import counter, mall
from tests.given.superuser import altered, by_hand, superuser
