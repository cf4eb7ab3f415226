"""Entry point for gunicorn and the ``flask`` command."""

from app.config import BadSettings
from operations.factory import create_app

try:
    application = create_app()
except BadSettings as error:
    raise SystemExit(f"\n{error}") from None
