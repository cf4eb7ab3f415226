"""``python -m app.embedded``, which is what ``make run`` does."""

import sys

from app.config import BadSettings
from app.embedded.errors import EmbeddedError
from app.embedded.service import run

try:
    run()
except (BadSettings, EmbeddedError) as error:
    sys.exit(f"\n{error}")
