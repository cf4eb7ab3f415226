"""Earning: photos, self-checks, checks at the door, points policies and awards."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "photo_contents",
        sa.Column("county_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("photo_id", sa.Uuid(), nullable=False),
        sa.Column("first_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("county_id", "sha256", name=op.f("pk_photo_contents")),
    )
    op.create_table(
        "policies",
        sa.Column("county_id", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("in_force_from", sa.Date(), nullable=False),
        sa.Column("rules", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("approved_by", sa.Uuid(), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("version > 0", name=op.f("ck_policies_version_positive")),
        sa.ForeignKeyConstraint(
            ["approved_by"], ["users.id"], name=op.f("fk_policies_approved_by")
        ),
        sa.ForeignKeyConstraint(["county_id"], ["counties.id"], name=op.f("fk_policies_county_id")),
        sa.PrimaryKeyConstraint("county_id", "version", name=op.f("pk_policies")),
    )
    op.create_table(
        "awards",
        sa.Column("county_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("household_id", sa.Uuid(), nullable=False),
        sa.Column("village_id", sa.Uuid(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("policy_version", sa.BigInteger(), nullable=False),
        sa.Column("evidence_kind", sa.String(), nullable=False),
        sa.Column("evidence_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.Column("zero_reason", sa.String(), nullable=True),
        sa.Column("ordinal", sa.BigInteger(), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=False),
        sa.Column("decided_as", sa.String(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("transfer_id", sa.Uuid(), nullable=True),
        sa.Column("paid_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(points = 0) = (zero_reason IS NOT NULL)", name=op.f("ck_awards_nothing_says_why")
        ),
        sa.CheckConstraint(
            "(points > 0) = (ordinal IS NOT NULL)", name=op.f("ck_awards_paid_is_counted")
        ),
        sa.CheckConstraint(
            "(transfer_id IS NULL) = (paid_at IS NULL)", name=op.f("ck_awards_paid_has_its_time")
        ),
        sa.CheckConstraint("points >= 0", name=op.f("ck_awards_points_not_negative")),
        sa.CheckConstraint(
            "transfer_id IS NULL OR points > 0", name=op.f("ck_awards_nothing_is_not_paid")
        ),
        sa.ForeignKeyConstraint(
            ["county_id", "policy_version"],
            ["policies.county_id", "policies.version"],
            name=op.f("fk_awards_county_id_policy_version"),
        ),
        sa.ForeignKeyConstraint(["decided_by"], ["users.id"], name=op.f("fk_awards_decided_by")),
        sa.ForeignKeyConstraint(
            ["household_id"], ["households.id"], name=op.f("fk_awards_household_id")
        ),
        sa.ForeignKeyConstraint(["village_id"], ["regions.id"], name=op.f("fk_awards_village_id")),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_awards")),
    )
    op.create_index(
        "ix_awards_household", "awards", ["county_id", "household_id", "id"], unique=False
    )
    op.create_index(
        "ix_awards_unpaid",
        "awards",
        ["county_id", "village_id", "id"],
        unique=False,
        postgresql_where=sa.text("points > 0 AND transfer_id IS NULL"),
    )
    op.create_index(
        "uq_awards_evidence", "awards", ["county_id", "source", "evidence_id"], unique=True
    )
    op.create_index(
        "uq_awards_ordinal",
        "awards",
        ["county_id", "household_id", "source", "day", "ordinal"],
        unique=True,
    )
    op.create_table(
        "photos",
        sa.Column("county_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("household_id", sa.Uuid(), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("uploaded_by", sa.Uuid(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("upload_bytes", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("repeats_id", sa.Uuid(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("fault", sa.String(), nullable=True),
        sa.Column("attempts", sa.BigInteger(), nullable=False),
        sa.Column("screened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("width", sa.BigInteger(), nullable=True),
        sa.Column("height", sa.BigInteger(), nullable=True),
        sa.Column("perceptual_hash", sa.BigInteger(), nullable=True),
        sa.Column("brightness", sa.BigInteger(), nullable=True),
        sa.Column("original_deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(state = 'ready') = (perceptual_hash IS NOT NULL)",
            name=op.f("ck_photos_ready_was_measured"),
        ),
        sa.CheckConstraint(
            "(state = 'rejected') = (fault IS NOT NULL)", name=op.f("ck_photos_rejected_says_why")
        ),
        sa.CheckConstraint(
            "state IN ('received', 'ready', 'rejected')", name=op.f("ck_photos_state_is_known")
        ),
        sa.CheckConstraint("octet_length(sha256) = 32", name=op.f("ck_photos_sha256_is_whole")),
        sa.ForeignKeyConstraint(["group_id"], ["regions.id"], name=op.f("fk_photos_group_id")),
        sa.ForeignKeyConstraint(
            ["household_id"], ["households.id"], name=op.f("fk_photos_household_id")
        ),
        sa.ForeignKeyConstraint(["uploaded_by"], ["users.id"], name=op.f("fk_photos_uploaded_by")),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_photos")),
    )
    op.create_index(
        "ix_photos_original_kept",
        "photos",
        ["received_at"],
        unique=False,
        postgresql_where=sa.text("original_deleted_at IS NULL"),
    )
    op.create_table(
        "checks",
        sa.Column("county_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("household_id", sa.Uuid(), nullable=False),
        sa.Column("village_id", sa.Uuid(), nullable=False),
        sa.Column("checked_by", sa.Uuid(), nullable=False),
        sa.Column("liaison_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("phone_time", sa.DateTime(timezone=True), nullable=True),
        sa.Column("grade", sa.String(), nullable=False),
        sa.Column("wrong_kinds", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("photo_id", sa.Uuid(), nullable=False),
        sa.Column("latitude", sa.Numeric(precision=6, scale=3), nullable=True),
        sa.Column("longitude", sa.Numeric(precision=6, scale=3), nullable=True),
        sa.CheckConstraint(
            "grade <> 'a' OR wrong_kinds = '{}'", name=op.f("ck_checks_nothing_is_wrong_at_grade_a")
        ),
        sa.CheckConstraint("grade IN ('a', 'b', 'c')", name=op.f("ck_checks_grade_is_known")),
        sa.CheckConstraint(
            "wrong_kinds <@ ARRAY['kitchen', 'recyclable', 'hazardous', 'residual']",
            name=op.f("ck_checks_wrong_kinds_are_known"),
        ),
        sa.CheckConstraint(
            "(latitude IS NULL) = (longitude IS NULL)", name=op.f("ck_checks_place_is_whole")
        ),
        sa.CheckConstraint(
            "latitude BETWEEN -90 AND 90 AND longitude BETWEEN -180 AND 180",
            name=op.f("ck_checks_place_is_on_earth"),
        ),
        sa.ForeignKeyConstraint(["checked_by"], ["users.id"], name=op.f("fk_checks_checked_by")),
        sa.ForeignKeyConstraint(
            ["county_id", "photo_id"],
            ["photos.county_id", "photos.id"],
            name=op.f("fk_checks_county_id_photo_id"),
        ),
        sa.ForeignKeyConstraint(
            ["household_id"], ["households.id"], name=op.f("fk_checks_household_id")
        ),
        sa.ForeignKeyConstraint(["liaison_id"], ["members.id"], name=op.f("fk_checks_liaison_id")),
        sa.ForeignKeyConstraint(["village_id"], ["regions.id"], name=op.f("fk_checks_village_id")),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_checks")),
        sa.UniqueConstraint("county_id", "photo_id", name=op.f("uq_checks_county_id_photo_id")),
    )
    op.create_index(
        "ix_checks_checked_by", "checks", ["county_id", "checked_by", "id"], unique=False
    )
    op.create_index(
        "ix_checks_household", "checks", ["county_id", "household_id", "at"], unique=False
    )
    op.create_table(
        "self_checks",
        sa.Column("county_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("household_id", sa.Uuid(), nullable=False),
        sa.Column("village_id", sa.Uuid(), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("photo_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("screened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("findings", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("reviewed_by", sa.Uuid(), nullable=True),
        sa.Column("reviewed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reject_reason", sa.String(), nullable=True),
        sa.CheckConstraint(
            "(state IN ('rejected', 'unreadable')) = (reject_reason IS NOT NULL)",
            name=op.f("ck_self_checks_a_refusal_teaches"),
        ),
        sa.CheckConstraint(
            "state <> 'approved' OR reviewed_by IS NOT NULL",
            name=op.f("ck_self_checks_only_people_approve"),
        ),
        sa.CheckConstraint(
            "state IN ('screening', 'waiting', 'approved', 'rejected', 'unreadable')",
            name=op.f("ck_self_checks_state_is_known"),
        ),
        sa.CheckConstraint(
            "(reviewed_by IS NULL) = (reviewed_at IS NULL)",
            name=op.f("ck_self_checks_a_review_has_who_and_when"),
        ),
        sa.ForeignKeyConstraint(
            ["county_id", "photo_id"],
            ["photos.county_id", "photos.id"],
            name=op.f("fk_self_checks_county_id_photo_id"),
        ),
        sa.ForeignKeyConstraint(["group_id"], ["regions.id"], name=op.f("fk_self_checks_group_id")),
        sa.ForeignKeyConstraint(
            ["household_id"], ["households.id"], name=op.f("fk_self_checks_household_id")
        ),
        sa.ForeignKeyConstraint(
            ["reviewed_by"], ["users.id"], name=op.f("fk_self_checks_reviewed_by")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_self_checks_user_id")),
        sa.ForeignKeyConstraint(
            ["village_id"], ["regions.id"], name=op.f("fk_self_checks_village_id")
        ),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_self_checks")),
        sa.UniqueConstraint(
            "county_id", "photo_id", name=op.f("uq_self_checks_county_id_photo_id")
        ),
    )
    op.create_index(
        "ix_self_checks_household", "self_checks", ["county_id", "household_id", "id"], unique=False
    )
    op.create_index(
        "ix_self_checks_screening",
        "self_checks",
        ["submitted_at"],
        unique=False,
        postgresql_where=sa.text("state = 'screening'"),
    )
    op.create_index(
        "ix_self_checks_waiting",
        "self_checks",
        ["county_id", "id"],
        unique=False,
        postgresql_where=sa.text("state = 'waiting'"),
    )
    # What was decided and what was seen stays.
    op.execute("REVOKE UPDATE, DELETE ON policies, checks FROM fen_app")
    op.execute("REVOKE DELETE ON awards, self_checks, photos FROM fen_app")


def downgrade() -> None:
    op.drop_index(
        "ix_self_checks_waiting",
        table_name="self_checks",
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.drop_index(
        "ix_self_checks_screening",
        table_name="self_checks",
        postgresql_where=sa.text("state = 'screening'"),
    )
    op.drop_index("ix_self_checks_household", table_name="self_checks")
    op.drop_table("self_checks")
    op.drop_index("ix_checks_household", table_name="checks")
    op.drop_index("ix_checks_checked_by", table_name="checks")
    op.drop_table("checks")
    op.drop_index(
        "ix_photos_original_kept",
        table_name="photos",
        postgresql_where=sa.text("original_deleted_at IS NULL"),
    )
    op.drop_table("photos")
    op.drop_index("uq_awards_ordinal", table_name="awards")
    op.drop_index("uq_awards_evidence", table_name="awards")
    op.drop_index(
        "ix_awards_unpaid",
        table_name="awards",
        postgresql_where=sa.text("points > 0 AND transfer_id IS NULL"),
    )
    op.drop_index("ix_awards_household", table_name="awards")
    op.drop_table("awards")
    op.drop_table("policies")
    op.drop_table("photo_contents")
