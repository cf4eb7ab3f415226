"""Accounts of staff at computers: passwords, second factors, sessions, and each try to sign in."""

import sqlalchemy as sa
from alembic import op

revision = "0063"
down_revision = "0062"
branch_labels = None
depends_on = None

MAY_CHANGE = {
    "staff_accounts": (
        "state, password_hash, changed_at, failed, locks, locked_at, locked_until, link_until, "
        "money_from, last_used_at"
    ),
    "staff_factors": "last_step, confirmed_at",
    "recovery_codes": "used_at",
    "staff_sessions": "digest, seen_at, needs_factor, factor_at",
}
MAY_REMOVE = ("staff_factors", "recovery_codes", "staff_sessions", "staff_links")
ENDED_BY_THE_KEEPER = ("staff_links", "staff_sessions", "sign_ins")
TABLES = (*MAY_CHANGE, "staff_links", "sign_ins")


def upgrade() -> None:
    when = sa.DateTime(timezone=True)
    op.create_table(
        "staff_accounts",
        _user("user_id"),
        sa.Column("county_id", sa.BigInteger(), nullable=False),
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("password_hash", sa.Text()),
        sa.Column("changed_at", when),
        sa.Column("failed", sa.BigInteger(), nullable=False),
        sa.Column("locks", sa.BigInteger(), nullable=False),
        sa.Column("locked_at", when),
        sa.Column("locked_until", when),
        sa.Column("link_until", when),
        sa.Column("money_from", when),
        sa.Column("last_used_at", when),
        _user("made_by"),
        sa.Column("made_at", when, nullable=False),
        sa.CheckConstraint(
            "state IN ('active', 'suspended', 'left')",
            name=op.f("ck_staff_accounts_state_is_known"),
        ),
        sa.CheckConstraint(
            "state <> 'left' OR password_hash IS NULL",
            name=op.f("ck_staff_accounts_who_left_has_none"),
        ),
        sa.ForeignKeyConstraint(
            ["county_id"], ["counties.id"], name=op.f("fk_staff_accounts_county_id")
        ),
        _of_users("staff_accounts", "user_id"),
        _of_users("staff_accounts", "made_by"),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_staff_accounts")),
        sa.UniqueConstraint("county_id", "login", name=op.f("uq_staff_accounts_county_id_login")),
    )
    op.create_table(
        "staff_factors",
        _user("user_id"),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("secret_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("last_step", sa.BigInteger(), nullable=False),
        sa.Column("confirmed_at", when),
        sa.CheckConstraint("kind IN ('totp')", name=op.f("ck_staff_factors_kind_is_known")),
        _of_users("staff_factors", "user_id"),
        sa.PrimaryKeyConstraint("user_id", "kind", name=op.f("pk_staff_factors")),
    )
    op.create_table(
        "recovery_codes",
        _user("user_id"),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("used_at", when),
        _of_users("recovery_codes", "user_id"),
        sa.PrimaryKeyConstraint("user_id", "digest", name=op.f("pk_recovery_codes")),
    )
    op.create_table(
        "staff_links",
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        _user("user_id"),
        sa.Column("ends_at", when, nullable=False),
        _of_users("staff_links", "user_id"),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_staff_links")),
    )
    op.create_table(
        "staff_sessions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        _user("user_id"),
        sa.Column("made_at", when, nullable=False),
        sa.Column("seen_at", when, nullable=False),
        sa.Column("idle_minutes", sa.BigInteger(), nullable=False),
        sa.Column("ends_at", when, nullable=False),
        sa.Column("needs_factor", sa.Boolean(), nullable=False),
        sa.Column("factor_at", when),
        sa.Column("agent", sa.Text(), nullable=False),
        sa.Column("network", sa.Text(), nullable=False),
        _of_users("staff_sessions", "user_id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_sessions")),
        sa.UniqueConstraint("digest", name=op.f("uq_staff_sessions_digest")),
    )
    op.create_index("ix_staff_sessions_user_id", "staff_sessions", ["user_id"])
    op.create_table(
        "sign_ins",
        sa.Column("county_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Uuid()),
        sa.Column("at", when, nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("network", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_sign_ins")),
    )
    op.execute(f"GRANT INSERT ON {', '.join(TABLES)} TO fen_app")
    for table, columns in MAY_CHANGE.items():
        op.execute(f"GRANT UPDATE ({columns}) ON {table} TO fen_app")
    op.execute(f"GRANT DELETE ON {', '.join(MAY_REMOVE)} TO fen_app")
    op.execute(f"GRANT SELECT, DELETE ON {', '.join(ENDED_BY_THE_KEEPER)} TO fen_keeper")


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)


def _user(name: str) -> sa.Column[sa.Uuid[object]]:
    return sa.Column(name, sa.Uuid(), nullable=False)


def _of_users(table: str, column: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], ["users.id"], name=op.f(f"fk_{table}_{column}"))
