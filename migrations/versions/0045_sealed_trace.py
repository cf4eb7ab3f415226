"""The trace says in which role, by which request and why, is never changed, and is sealed."""

from pathlib import Path

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None

SQL = Path(__file__).with_suffix(".sql")
SAYS_MORE = {
    "acted_as": postgresql.ARRAY(sa.Text()),
    "household_id": sa.Uuid(),
    "reason": sa.Text(),
    "channel": sa.String(),
    "request_id": sa.Text(),
    "mac": sa.LargeBinary(),
}


def upgrade() -> None:
    for name, said in SAYS_MORE.items():
        op.add_column("audit_events", sa.Column(name, said, nullable=True))
    # Rows of before are given both at once, without being written again.
    op.execute(
        "ALTER TABLE audit_events ADD COLUMN written_at timestamptz NOT NULL DEFAULT now(),"
        " ADD COLUMN xact bigint NOT NULL DEFAULT 0"
    )
    op.execute(
        "ALTER TABLE audit_events ALTER COLUMN written_at SET DEFAULT clock_timestamp(),"
        " ALTER COLUMN xact SET DEFAULT CAST(CAST(pg_current_xact_id() AS text) AS bigint)"
    )
    op.execute(
        "UPDATE audit_events SET household_id = CAST(details ->> 'household_id' AS uuid)"
        " WHERE details ? 'household_id'"
    )
    op.create_index("ix_audit_events_request", "audit_events", ["county_id", "request_id", "id"])
    op.create_index(
        "ix_audit_events_household",
        "audit_events",
        ["county_id", "household_id", "id"],
        postgresql_where=sa.text("household_id IS NOT NULL"),
    )
    op.create_index("ix_audit_events_xact", "audit_events", ["county_id", "xact", "id"])
    op.create_table(
        "audit_seals",
        sa.Column("county_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("commits_from", sa.BigInteger(), nullable=False),
        sa.Column("commits_before", sa.BigInteger(), nullable=False),
        sa.Column("events", sa.BigInteger(), nullable=False),
        sa.Column("root", sa.LargeBinary(), nullable=False),
        sa.Column("previous", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("key_id", sa.Text(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("number > 0", name=op.f("ck_audit_seals_number_positive")),
        sa.CheckConstraint(
            "commits_before > commits_from AND events > 0",
            name=op.f("ck_audit_seals_covers_something"),
        ),
        sa.CheckConstraint(
            "length(root) = 32 AND length(previous) = 32",
            name=op.f("ck_audit_seals_digests_are_whole"),
        ),
        sa.CheckConstraint(
            "length(signature) = 64", name=op.f("ck_audit_seals_signature_is_whole")
        ),
        sa.PrimaryKeyConstraint("county_id", "number", name=op.f("pk_audit_seals")),
    )
    op.create_index("ix_audit_seals_sealed_at", "audit_seals", ["sealed_at"])
    op.create_index(
        "uq_audit_seals_commits", "audit_seals", ["county_id", "commits_before"], unique=True
    )
    # Past SQLAlchemy, which would take the file's percent signs for parameters.
    op.get_bind().connection.driver_connection.execute(SQL.read_text(encoding="utf-8"))


def downgrade() -> None:
    op.execute("REVOKE INSERT ON audit_events FROM fen_app")
    op.execute("GRANT INSERT ON audit_events TO fen_app")
    op.execute("DROP FUNCTION append_audit_seal")
    op.drop_table("audit_seals")
    for name in ("never_changed", "never_emptied"):
        op.execute(f"DROP TRIGGER {name} ON audit_events")
    op.execute("DROP FUNCTION refuse_change_of_trace")
    for name in ("xact", "household", "request"):
        op.drop_index(f"ix_audit_events_{name}", "audit_events")
    for name in ("xact", "written_at", *SAYS_MORE):
        op.drop_column("audit_events", name)
