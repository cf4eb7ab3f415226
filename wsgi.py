"""Entry point for gunicorn and the ``flask`` command."""

from operations.factory import create_app

application = create_app()
