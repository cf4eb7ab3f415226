"""Rules about the migrations."""

import flask_migrate
import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, text

from app.config import ROOT

MIGRATIONS = ROOT / "migrations"


def test_there_is_one_head_and_it_is_written_down():
    heads = ScriptDirectory(str(MIGRATIONS)).get_heads()

    assert heads == [(MIGRATIONS / ".head").read_text().strip()]


def test_the_tables_are_those_of_the_models(app, committed):
    with app.app_context():
        flask_migrate.check()


@pytest.fixture
def empty_again(app, committed):
    yield
    with app.app_context():
        flask_migrate.upgrade()


def test_every_migration_can_be_undone(app, empty_again):
    with app.app_context():
        flask_migrate.downgrade(revision="base")

    engine = create_engine(app.config["SETTINGS"].database_owner_url)
    with engine.connect() as connection:
        left = connection.scalars(
            text("SELECT tablename FROM pg_tables WHERE schemaname IN ('public', 'ledger')")
        ).all()
    engine.dispose()
    assert left == ["alembic_version"]
