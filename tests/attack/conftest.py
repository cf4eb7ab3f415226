"""One dishonest person, with whatever the product hands them, in a county of two administrators."""

from tests.given.bank import books, finance
from tests.given.bank_files import carrier, folder
from tests.given.campaigns import office
from tests.given.cards import office as cards_office
from tests.given.officials import (
    auditor,
    held,
    official,
    p1,
    p2,
    phone,
    propose,
    root,
    user_named,
)
from tests.given.orders import town
from tests.given.races import together
from tests.given.sales import admin, entered, family, keeper, prepay, prices, recycler, sell
from tests.given.shelves import shelves
from tests.given.shops import counter, mall
from tests.given.vouchers import desk
