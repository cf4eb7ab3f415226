"""Runs the migrations as the owner of the database, one run at a time."""

from importlib import import_module

from alembic import context
from flask import current_app
from sqlalchemy import create_engine, text

from app.config import ROOT
from app.kernel.db import Model

# A migration that waits for a lock makes every request behind it wait too: give up soon.
TIMEOUTS = "-c lock_timeout=4s -c statement_timeout=300s"
ONE_AT_A_TIME = 4_152_026  # the advisory lock's number, ours alone


def every_model() -> None:
    """Load the tables of every domain, also of one that no surface uses yet."""
    for path in sorted([*ROOT.glob("app/*/models.py"), *ROOT.glob("mall/*/models.py")]):
        import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))


def in_public(name: str | None, kind: str, parents: dict[str, str | None]) -> bool:
    """Only the public schema is compared with the models; the ledger is one SQL file."""
    return kind != "schema" or name is None


def run() -> None:
    every_model()
    settings = current_app.config["SETTINGS"]
    url = settings.database_owner_url or settings.database_url
    engine = create_engine(url, connect_args={"options": TIMEOUTS}, hide_parameters=True)
    with engine.connect() as connection:
        connection.execute(text(f"SELECT pg_advisory_lock({ONE_AT_A_TIME})"))
        connection.commit()
        context.configure(
            connection=connection,
            target_metadata=Model.metadata,
            include_name=in_public,
            compare_type=True,
        )
        with context.begin_transaction():
            context.run_migrations()
    engine.dispose()


run()
