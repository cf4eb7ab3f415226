"""People and places: regions, users, households, the audit trail, answers to repeats."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    # fen_app is the role of the application; it may work with rows, not with tables.
    op.execute("GRANT USAGE ON SCHEMA public TO fen_app, fen_auditor")
    op.execute("ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO fen_auditor")
    op.execute(
        "ALTER DEFAULT PRIVILEGES IN SCHEMA public "
        "GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO fen_app"
    )
    op.create_table(
        "audit_events",
        sa.Column("county_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("subject_kind", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Text(), nullable=False),
        sa.Column("details", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_audit_events")),
    )
    op.create_index(
        "ix_audit_events_actor", "audit_events", ["county_id", "actor_id", "id"], unique=False
    )
    op.create_index(
        "ix_audit_events_subject",
        "audit_events",
        ["county_id", "subject_kind", "subject_id", "id"],
        unique=False,
    )
    op.create_table(
        "counties",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("auto_release_limit_fen", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "auto_release_limit_fen >= 0", name=op.f("ck_counties_auto_release_limit_not_negative")
        ),
        sa.CheckConstraint(
            "id BETWEEN 100000 AND 999999", name=op.f("ck_counties_id_is_a_division_code")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_counties")),
    )
    op.create_table(
        "regions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("county_id", sa.BigInteger(), nullable=False),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("path", sa.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(kind = 'county') = (parent_id IS NULL)",
            name=op.f("ck_regions_only_a_county_is_a_root"),
        ),
        sa.CheckConstraint(
            "kind IN ('county', 'town', 'village', 'group')", name=op.f("ck_regions_kind_is_known")
        ),
        sa.CheckConstraint(
            "path[cardinality(path)] = id", name=op.f("ck_regions_path_ends_with_itself")
        ),
        sa.ForeignKeyConstraint(["county_id"], ["counties.id"], name=op.f("fk_regions_county_id")),
        sa.ForeignKeyConstraint(["parent_id"], ["regions.id"], name=op.f("fk_regions_parent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_regions")),
        sa.UniqueConstraint(
            "county_id",
            "parent_id",
            "name",
            name=op.f("uq_regions_county_id_parent_id_name"),
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_index("ix_regions_path", "regions", ["path"], unique=False, postgresql_using="gin")
    op.create_table(
        "users",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("county_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("phone_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("phone_index", sa.LargeBinary(), nullable=True),
        sa.Column("is_blocked", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(phone_sealed IS NULL) = (phone_index IS NULL)", name=op.f("ck_users_phone_is_whole")
        ),
        sa.ForeignKeyConstraint(["county_id"], ["counties.id"], name=op.f("fk_users_county_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
    )
    op.create_index(
        "uq_users_county_id_phone_index",
        "users",
        ["county_id", "phone_index"],
        unique=True,
        postgresql_where=sa.text("phone_index IS NOT NULL"),
    )
    op.create_table(
        "binding_codes",
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_binding_codes_user_id")),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_binding_codes")),
        sa.UniqueConstraint("user_id", name=op.f("uq_binding_codes_user_id")),
    )
    op.create_table(
        "households",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("county_id", sa.BigInteger(), nullable=False),
        sa.Column("village_id", sa.Uuid(), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("door_number", sa.Text(), nullable=False),
        sa.Column("member_count", sa.BigInteger(), nullable=False),
        sa.Column("is_party_household", sa.Boolean(), nullable=False),
        sa.Column("liaison_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("member_count > 0", name=op.f("ck_households_member_count_positive")),
        sa.ForeignKeyConstraint(
            ["county_id"], ["counties.id"], name=op.f("fk_households_county_id")
        ),
        sa.ForeignKeyConstraint(["group_id"], ["regions.id"], name=op.f("fk_households_group_id")),
        sa.ForeignKeyConstraint(
            ["village_id"], ["regions.id"], name=op.f("fk_households_village_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_households")),
    )
    op.create_index(op.f("ix_households_group_id"), "households", ["group_id"], unique=False)
    op.create_index(op.f("ix_households_liaison_id"), "households", ["liaison_id"], unique=False)
    op.create_index(op.f("ix_households_village_id"), "households", ["village_id"], unique=False)
    op.create_table(
        "idempotent_answers",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("request_digest", sa.LargeBinary(), nullable=False),
        sa.Column("status", sa.BigInteger(), nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_idempotent_answers_user_id")
        ),
        sa.PrimaryKeyConstraint("user_id", "key", name=op.f("pk_idempotent_answers")),
    )
    op.create_index(
        op.f("ix_idempotent_answers_created_at"), "idempotent_answers", ["created_at"], unique=False
    )
    op.create_table(
        "role_grants",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("place_id", sa.Uuid(), nullable=False),
        sa.Column("granted_by", sa.Uuid(), nullable=True),
        sa.Column("granted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["granted_by"], ["users.id"], name=op.f("fk_role_grants_granted_by")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_role_grants_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role_grants")),
    )
    op.create_index(
        "uq_role_grants_user_id_role_place_id",
        "role_grants",
        ["user_id", "role", "place_id"],
        unique=True,
        postgresql_where=sa.text("revoked_at IS NULL"),
    )
    op.create_table(
        "sessions",
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_sessions_user_id")),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_sessions")),
    )
    op.create_index(op.f("ix_sessions_user_id"), "sessions", ["user_id"], unique=False)
    op.create_table(
        "wechat_accounts",
        sa.Column("appid", sa.Text(), nullable=False),
        sa.Column("openid", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_wechat_accounts_user_id")),
        sa.PrimaryKeyConstraint("appid", "openid", name=op.f("pk_wechat_accounts")),
    )
    op.create_index(
        op.f("ix_wechat_accounts_user_id"), "wechat_accounts", ["user_id"], unique=False
    )
    op.create_table(
        "members",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("county_id", sa.BigInteger(), nullable=False),
        sa.Column("household_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("id_number_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("id_number_index", sa.LargeBinary(), nullable=True),
        sa.Column("phone_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("phone_index", sa.LargeBinary(), nullable=True),
        sa.Column("is_head", sa.Boolean(), nullable=False),
        sa.Column("is_party_member", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(id_number_sealed IS NULL) = (id_number_index IS NULL)",
            name=op.f("ck_members_id_number_is_whole"),
        ),
        sa.CheckConstraint(
            "(phone_sealed IS NULL) = (phone_index IS NULL)", name=op.f("ck_members_phone_is_whole")
        ),
        sa.CheckConstraint(
            "NOT is_head OR id_number_index IS NOT NULL",
            name=op.f("ck_members_a_head_has_a_real_name"),
        ),
        sa.ForeignKeyConstraint(["county_id"], ["counties.id"], name=op.f("fk_members_county_id")),
        sa.ForeignKeyConstraint(
            ["household_id"], ["households.id"], name=op.f("fk_members_household_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_members")),
        sa.UniqueConstraint(
            "county_id", "id_number_index", name=op.f("uq_members_county_id_id_number_index")
        ),
    )
    op.create_index(
        "ix_members_county_id_phone_index", "members", ["county_id", "phone_index"], unique=False
    )
    op.create_index(op.f("ix_members_household_id"), "members", ["household_id"], unique=False)
    op.create_index(
        "uq_members_household_id_head",
        "members",
        ["household_id"],
        unique=True,
        postgresql_where=sa.text("is_head"),
    )
    op.create_table(
        "bindings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("household_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("method", sa.String(), nullable=False),
        sa.Column("verified_by", sa.Uuid(), nullable=True),
        sa.Column("document", sa.String(), nullable=True),
        sa.Column("bound_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(method = 'in_person') = (verified_by IS NOT NULL AND document IS NOT NULL)",
            name=op.f("ck_bindings_in_person_names_who_and_what"),
        ),
        sa.ForeignKeyConstraint(
            ["household_id"], ["households.id"], name=op.f("fk_bindings_household_id")
        ),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_bindings_member_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_bindings_user_id")),
        sa.ForeignKeyConstraint(
            ["verified_by"], ["users.id"], name=op.f("fk_bindings_verified_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bindings")),
    )
    op.create_index(op.f("ix_bindings_household_id"), "bindings", ["household_id"], unique=False)
    op.create_index(
        "uq_bindings_user_id_open",
        "bindings",
        ["user_id"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_foreign_key(
        "fk_households_liaison_id", "households", "members", ["liaison_id"], ["id"]
    )
    # The trace is written once.
    op.execute("REVOKE UPDATE, DELETE ON audit_events FROM fen_app")


def downgrade() -> None:
    op.drop_constraint("fk_households_liaison_id", "households", type_="foreignkey")
    op.drop_index(
        "uq_bindings_user_id_open",
        table_name="bindings",
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.drop_index(op.f("ix_bindings_household_id"), table_name="bindings")
    op.drop_table("bindings")
    op.drop_index(
        "uq_members_household_id_head", table_name="members", postgresql_where=sa.text("is_head")
    )
    op.drop_index(op.f("ix_members_household_id"), table_name="members")
    op.drop_index("ix_members_county_id_phone_index", table_name="members")
    op.drop_table("members")
    op.drop_index(op.f("ix_wechat_accounts_user_id"), table_name="wechat_accounts")
    op.drop_table("wechat_accounts")
    op.drop_index(op.f("ix_sessions_user_id"), table_name="sessions")
    op.drop_table("sessions")
    op.drop_index(
        "uq_role_grants_user_id_role_place_id",
        table_name="role_grants",
        postgresql_where=sa.text("revoked_at IS NULL"),
    )
    op.drop_table("role_grants")
    op.drop_index(op.f("ix_idempotent_answers_created_at"), table_name="idempotent_answers")
    op.drop_table("idempotent_answers")
    op.drop_index(op.f("ix_households_village_id"), table_name="households")
    op.drop_index(op.f("ix_households_liaison_id"), table_name="households")
    op.drop_index(op.f("ix_households_group_id"), table_name="households")
    op.drop_table("households")
    op.drop_table("binding_codes")
    op.drop_index(
        "uq_users_county_id_phone_index",
        table_name="users",
        postgresql_where=sa.text("phone_index IS NOT NULL"),
    )
    op.drop_table("users")
    op.drop_index("ix_regions_path", table_name="regions", postgresql_using="gin")
    op.drop_table("regions")
    op.drop_table("counties")
    op.drop_index("ix_audit_events_subject", table_name="audit_events")
    op.drop_index("ix_audit_events_actor", table_name="audit_events")
    op.drop_table("audit_events")
    op.execute("ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE ALL ON TABLES FROM fen_app")
    op.execute("ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE ALL ON TABLES FROM fen_auditor")
    op.execute("REVOKE USAGE ON SCHEMA public FROM fen_app, fen_auditor")
