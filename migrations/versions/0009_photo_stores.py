"""Photos that phones put into the store themselves, checked by WeChat, deleted in their time."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_INSTANTS = (
    "check_asked_at",
    "check_overdue_since",
    "kept_until",
    "expired_at",
    "files_deleted_at",
)


def upgrade() -> None:
    op.add_column(
        "counties",
        sa.Column("photo_months", sa.BigInteger(), server_default="12", nullable=False),
    )
    op.create_check_constraint(
        op.f("ck_counties_photo_months_in_bounds"), "counties", "photo_months BETWEEN 1 AND 120"
    )
    _photos()
    _content_checks()
    op.create_table(
        "photo_uploads",
        sa.Column("county_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("offered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("photo_id", sa.Uuid(), nullable=True),
        sa.Column("upload_bytes", sa.BigInteger(), nullable=True),
        sa.Column("sha256", sa.LargeBinary(), nullable=True),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(photo_id IS NULL) = (upload_bytes IS NULL) AND (photo_id IS NULL) = (sha256 IS NULL)",
            name=op.f("ck_photo_uploads_arrival_is_whole"),
        ),
        sa.CheckConstraint(
            "used_at IS NULL OR photo_id IS NOT NULL",
            name=op.f("ck_photo_uploads_used_has_arrived"),
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_photo_uploads_user_id")),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_photo_uploads")),
    )
    op.create_index("ix_photo_uploads_offered_at", "photo_uploads", ["offered_at"])
    op.create_index("ix_photo_uploads_user", "photo_uploads", ["user_id", "offered_at"])


def _photos() -> None:
    op.add_column(
        "photos", sa.Column("check_tries", sa.BigInteger(), server_default="0", nullable=False)
    )
    for name in _INSTANTS:
        op.add_column("photos", sa.Column(name, sa.DateTime(timezone=True), nullable=True))
    op.drop_constraint(op.f("ck_photos_state_is_known"), "photos")
    op.drop_constraint(op.f("ck_photos_ready_was_measured"), "photos")
    for name, rule in (
        ("state_is_known", "state IN ('received', 'checking', 'ready', 'rejected')"),
        (
            "decoded_was_measured",
            "(state IN ('checking', 'ready') OR fault IS NOT DISTINCT FROM 'content_refused')"
            " = (perceptual_hash IS NOT NULL)",
        ),
        ("only_a_check_is_overdue", "check_overdue_since IS NULL OR state = 'checking'"),
        (
            "files_are_deleted_once_expired",
            "files_deleted_at IS NULL OR expired_at IS NOT NULL",
        ),
    ):
        op.create_check_constraint(op.f(f"ck_photos_{name}"), "photos", rule)
    op.create_index(
        "ix_photos_checking",
        "photos",
        ["screened_at"],
        postgresql_where=sa.text("state = 'checking'"),
    )
    op.create_index(
        "ix_photos_files_kept",
        "photos",
        ["county_id", "received_at"],
        postgresql_where=sa.text("files_deleted_at IS NULL"),
    )


def _content_checks() -> None:
    op.create_table(
        "content_checks",
        sa.Column("trace_id", sa.Text(), nullable=False),
        sa.Column("county_id", sa.BigInteger(), nullable=True),
        sa.Column("photo_id", sa.Uuid(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("verdict", sa.String(), nullable=True),
        sa.Column("label", sa.BigInteger(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(photo_id IS NULL) = (county_id IS NULL) AND (photo_id IS NULL) = (asked_at IS NULL)",
            name=op.f("ck_content_checks_question_is_whole"),
        ),
        sa.CheckConstraint(
            "(verdict IS NULL) = (answered_at IS NULL)",
            name=op.f("ck_content_checks_answer_is_whole"),
        ),
        sa.CheckConstraint(
            "photo_id IS NOT NULL OR verdict IS NOT NULL",
            name=op.f("ck_content_checks_is_not_empty"),
        ),
        sa.CheckConstraint(
            "verdict IN ('pass', 'risky', 'review', 'failed')",
            name=op.f("ck_content_checks_verdict_is_known"),
        ),
        sa.ForeignKeyConstraint(
            ["county_id", "photo_id"],
            ["photos.county_id", "photos.id"],
            name=op.f("fk_content_checks_county_id_photo_id"),
        ),
        sa.PrimaryKeyConstraint("trace_id", name=op.f("pk_content_checks")),
    )
    op.create_index("ix_content_checks_photo", "content_checks", ["county_id", "photo_id"])
    op.create_index(
        "ix_content_checks_unmatched",
        "content_checks",
        ["answered_at"],
        postgresql_where=sa.text("photo_id IS NULL"),
    )


def downgrade() -> None:
    op.drop_table("photo_uploads")
    op.drop_table("content_checks")
    op.drop_constraint(op.f("ck_photos_decoded_was_measured"), "photos")
    # The former release shows whatever is ready, and can decode nothing twice.
    op.execute(
        "UPDATE photos SET state = 'rejected', fault = 'undecodable', perceptual_hash = NULL,"
        " check_overdue_since = NULL WHERE state = 'checking' OR fault = 'content_refused'"
    )
    op.drop_index("ix_photos_files_kept", table_name="photos")
    op.drop_index("ix_photos_checking", table_name="photos")
    for name in (
        "files_are_deleted_once_expired",
        "only_a_check_is_overdue",
        "state_is_known",
    ):
        op.drop_constraint(op.f(f"ck_photos_{name}"), "photos")
    op.create_check_constraint(
        op.f("ck_photos_state_is_known"), "photos", "state IN ('received', 'ready', 'rejected')"
    )
    op.create_check_constraint(
        op.f("ck_photos_ready_was_measured"),
        "photos",
        "(state = 'ready') = (perceptual_hash IS NOT NULL)",
    )
    for name in (*_INSTANTS, "check_tries"):
        op.drop_column("photos", name)
    op.drop_constraint(op.f("ck_counties_photo_months_in_bounds"), "counties")
    op.drop_column("counties", "photo_months")
