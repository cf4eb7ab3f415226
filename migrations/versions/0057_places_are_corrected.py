"""Where a household lives from a day on can be said again on that day; and carry is no one's flow.

The writers of flows came together with ``carry``: what refuses a flow must know both.
"""

from pathlib import Path

from alembic import op

revision = "0057"
down_revision = "0056"
branch_labels = None
depends_on = None

BEFORE = Path(__file__).parent / "0055_three_writers.sql"
REFUSES = "CREATE OR REPLACE FUNCTION ledger.refuse_unlisted_flow("
LISTED = "WHERE kind = p_kind AND debit = p_debit AND credit = p_credit"


def upgrade() -> None:
    _refuse_unlisted_flow(f"{LISTED} AND kind <> 'carry'")
    op.execute("GRANT UPDATE (village_id, group_id) ON household_places TO fen_app")
    # Groups that a roster has changed since places are kept.
    op.execute(
        """
        INSERT INTO household_places (household_id, from_on, village_id, group_id)
        SELECT h.id, (now() AT TIME ZONE 'Asia/Shanghai')::date, h.village_id, h.group_id
          FROM households h
          JOIN LATERAL (SELECT p.group_id FROM household_places p WHERE p.household_id = h.id
                         ORDER BY p.from_on DESC LIMIT 1) newest ON true
         WHERE newest.group_id <> h.group_id
        ON CONFLICT (household_id, from_on) DO UPDATE
           SET village_id = excluded.village_id, group_id = excluded.group_id
        """
    )


def _refuse_unlisted_flow(listed: str) -> None:
    """The function of before, with these flows as those that post, hold and spend may take."""
    told = BEFORE.read_text(encoding="utf-8")
    begin = told.index(REFUSES)
    body = told[begin : told.index("END $$;", begin) + len("END $$;")]
    assert LISTED in body, "it is the line that this release changes"
    # Past SQLAlchemy, which would take the percent signs for parameters.
    driver = op.get_bind().connection.driver_connection
    driver.execute(body.replace(LISTED, listed))


def downgrade() -> None:
    _refuse_unlisted_flow(LISTED)
    op.execute("REVOKE UPDATE (village_id, group_id) ON household_places FROM fen_app")
