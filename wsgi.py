"""Entry point for gunicorn and the ``flask`` command."""

from app.factory import create_app

application = create_app()
