"""A brake on guessing PINs from card to card.

How often a PIN of one card may be wrong is counted in its row, and nothing but the database decides
it. What is counted here is how often it happens to one clerk, over all cards; a Valkey that is away
stops no honest customer: their card has its own tries.
"""

from app.kernel.tries import Brake
from mall.cards.errors import TooManyWrongPins

PINS_OF_CLERK = Brake("card_pins_of_clerk", 10, TooManyWrongPins, away=None)
