"""What every HTTP surface shares: envelope, sign-in, idempotency, paging, limits."""

from app.web.edge import read_strictly
from app.web.words import speak_chinese

# Before any schema is written: a field takes its sentences when it is made.
speak_chinese()
# And before any view: it takes its reader when it is made.
read_strictly()
