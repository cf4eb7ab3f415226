"""Fingerprints of photos, to find those that come again, and what uploads told."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "fingerprints",
        sa.Column("county_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("photo_id", sa.Uuid(), nullable=False),
        sa.Column("household_id", sa.Uuid(), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("frame_width", sa.Integer(), nullable=False),
        sa.Column("frame_height", sa.Integer(), nullable=False),
        sa.Column("marks", postgresql.ARRAY(sa.Integer()), nullable=False),
        sa.Column("points", sa.LargeBinary(), nullable=False),
        sa.Column("picture", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint(
            "cardinality(marks) BETWEEN 1 AND 48", name=op.f("ck_fingerprints_has_marks")
        ),
        sa.CheckConstraint(
            "octet_length(points) >= 14 * cardinality(marks)",
            name=op.f("ck_fingerprints_points_are_whole"),
        ),
        sa.CheckConstraint(
            "octet_length(picture) = 1024", name=op.f("ck_fingerprints_picture_is_whole")
        ),
        sa.PrimaryKeyConstraint("county_id", "photo_id", name=op.f("pk_fingerprints")),
    )
    op.create_table(
        "fingerprint_marks",
        sa.Column("county_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("mark", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("photo_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("county_id", "mark", "photo_id", name=op.f("pk_fingerprint_marks")),
    )
    op.create_table(
        "photo_measures",
        sa.Column("county_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("photo_id", sa.Uuid(), nullable=False),
        sa.Column("household_id", sa.Uuid(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("form", sa.Text(), nullable=False),
        sa.Column("upload_width", sa.Integer(), nullable=False),
        sa.Column("upload_height", sa.Integer(), nullable=False),
        sa.Column("has_camera", sa.Boolean(), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("latitude", sa.Numeric(precision=6, scale=3), nullable=True),
        sa.Column("longitude", sa.Numeric(precision=6, scale=3), nullable=True),
        sa.Column("sharpness", sa.Integer(), nullable=False),
        sa.Column("flat_percent", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(latitude IS NULL) = (longitude IS NULL)",
            name=op.f("ck_photo_measures_place_is_whole"),
        ),
        sa.CheckConstraint(
            "latitude BETWEEN -90 AND 90 AND longitude BETWEEN -180 AND 180",
            name=op.f("ck_photo_measures_place_is_on_earth"),
        ),
        sa.PrimaryKeyConstraint("county_id", "photo_id", name=op.f("pk_photo_measures")),
    )
    op.create_index(
        "ix_photo_measures_household",
        "photo_measures",
        ["county_id", "household_id", "received_at"],
    )
    op.create_index("ix_photo_measures_received_at", "photo_measures", ["received_at"])


def downgrade() -> None:
    op.drop_table("photo_measures")
    op.drop_table("fingerprint_marks")
    op.drop_table("fingerprints")
