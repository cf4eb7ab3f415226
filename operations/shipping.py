"""``make inventory``: write down what a migrated database is made of."""

import tempfile
from dataclasses import replace
from pathlib import Path

import flask_migrate

from app.config import read_settings
from app.embedded import running
from app.kernel.db import db
from operations.factory import create_app
from operations.proving import inventory


def write() -> None:
    """Write ``inventory.FILE`` anew, from a database that is made, migrated and thrown away."""
    with tempfile.TemporaryDirectory() as home, running(Path(home), durable=False) as addresses:
        settings = replace(
            read_settings({"FEN_ENV": "test", "FEN_HOME": home}),
            database_url=addresses.database_url,
            database_owner_url=addresses.database_owner_url,
            database_keeper_url=addresses.database_keeper_url,
            redis_url=addresses.redis_url,
        )
        with create_app(settings).app_context():
            flask_migrate.upgrade()
            with db.engine.connect() as connection:
                found = inventory.parts(connection)
            db.engine.dispose()
    inventory.FILE.write_text("".join(inventory.lines(found)), encoding="utf-8")


if __name__ == "__main__":
    write()
