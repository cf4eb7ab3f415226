"""A shop with takings, the bank behind a real socket, and who looks at its statements."""

from tests.given.bank import bank, books, faults, finance, impatient, statement
from tests.given.bank_files import carrier, folder
from tests.given.races import together
from tests.given.shops import counter, mall
from tests.given.superuser import altered
