"""What every HTTP surface shares: envelope, sign-in, idempotency, paging, limits."""

from app.web.words import speak_chinese

# Before any schema is written: a field takes its sentences when it is made.
speak_chinese()
