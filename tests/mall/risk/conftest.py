"""A shop whose till is looked at."""

from tests.given.campaigns import office
from tests.given.races import together
from tests.given.related import related
from tests.given.shops import counter, mall
