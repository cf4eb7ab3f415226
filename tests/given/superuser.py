"""The role that may do anything: what an attacker in the database would be."""

from app.config import Settings


def superuser_url(settings: Settings) -> str:
    """The address of the test database for its superuser."""
    return settings.database_owner_url.replace("//fen_owner@", "//postgres@", 1)
