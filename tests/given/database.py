"""The database of this test session."""

from sqlalchemy import create_engine, text


def empty_tables(app) -> None:
    """Remove all that was committed, as the owner."""
    engine = create_engine(app.config["SETTINGS"].database_owner_url)
    with engine.begin() as connection:
        names = connection.scalars(
            text("""
                SELECT string_agg(format('%I.%I', schemaname, tablename), ', ')
                  FROM pg_tables
                 WHERE schemaname IN ('public', 'ledger')
                   AND tablename NOT IN ('alembic_version', 'account_kinds', 'flows')
                   AND tablename !~ '^transfers_'
            """)
        ).one()
        connection.execute(text(f"TRUNCATE {names}"))
    engine.dispose()
