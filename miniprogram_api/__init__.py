"""The HTTP API of the WeChat mini-program: one module a resource, listed here."""

from app.web.api import Api


def register(api: Api) -> None:
    """Mount every resource; this is the URL map."""
