"""The database of this test session, emptied."""

from collections.abc import Callable, Iterator

import psycopg
import pytest

from tests.given.superuser import superuser_url

# Past triggers and foreign keys, and only where there is anything: to truncate all tables takes
# longer than most tests. What migrations filled stays.
EMPTY = """
    DO $$
    DECLARE
        written regclass;
        has_rows boolean;
    BEGIN
        SET LOCAL session_replication_role = replica;
        FOR written IN
            SELECT c.oid
              FROM pg_class c
             WHERE c.relnamespace IN ('public'::regnamespace, 'ledger'::regnamespace)
               AND c.relkind = 'r' AND pg_relation_size(c.oid) > 0
               AND c.relname NOT IN ('alembic_version', 'account_kinds', 'flows')
        LOOP
            EXECUTE format('SELECT EXISTS (SELECT FROM %s)', written) INTO has_rows;
            IF has_rows THEN
                EXECUTE format('DELETE FROM %s', written);
            END IF;
        END LOOP;
    END $$
"""

GROWN = """
    SELECT string_agg(format('%s', oid::regclass), ', ')
      FROM pg_class
     WHERE relnamespace IN ('public'::regnamespace, 'ledger'::regnamespace)
       AND relkind = 'r' AND pg_relation_size(oid) > 1000000
"""  # nothing else gives back the room of what was deleted


@pytest.fixture(scope="session")
def empty_tables(settings) -> Iterator[Callable[[], None]]:
    """Remove all that was committed: ``empty_tables()``.

    By one connection, since a new one would first have to learn what tables there are.
    """
    url = superuser_url(settings).replace("+psycopg", "", 1)
    with psycopg.connect(url, autocommit=True) as connection:

        def empty() -> None:
            connection.execute(EMPTY)
            for (grown,) in connection.execute(GROWN).fetchall():
                if grown:
                    connection.execute(f"VACUUM {grown}")

        yield empty
