"""Hand-overs, each with what its two sides said; photos of places that are no household's."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0056"
down_revision = "0055"
branch_labels = None
depends_on = None

OF_PLACES = ("photos", "fingerprints", "photo_measures")
# What the second half fills in, and what follows from both.
SECOND_HALF = (
    "given_by, given_as, given_at, given_grams, given_how, given_photo_id, given_said,"
    " taken_by, taken_as, taken_at, taken_grams, taken_how, taken_photo_id, taken_said,"
    " giver_named, stream, leg, from_household_id, from_asset_id, to_asset_id, village_id,"
    " empties, pieces, offered_as, at, grams, how, state"
)
DECIDED = "settled_by, settled_at, settled_grams, settled_note, voided_by, voided_at, void_reason"


def upgrade() -> None:
    _handovers()
    op.add_column("checks", sa.Column("asset_id", sa.Uuid()))
    op.create_foreign_key(op.f("fk_checks_asset_id"), "checks", "assets", ["asset_id"], ["id"])
    for table in OF_PLACES:
        op.alter_column(table, "household_id", nullable=True)
    op.execute("GRANT INSERT ON handovers TO fen_app")
    op.execute(f"GRANT UPDATE ({SECOND_HALF}, {DECIDED}) ON handovers TO fen_app")
    op.execute("GRANT SELECT, UPDATE (lat_e6, lon_e6, settled_note) ON handovers TO fen_keeper")


def _handovers() -> None:
    op.create_table(
        "handovers",
        sa.Column("county_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("pair_id", sa.Uuid(), nullable=False),
        sa.Column("line", sa.SmallInteger(), nullable=False),
        sa.Column("leg", sa.String(), nullable=False),
        sa.Column("stream", sa.String(), nullable=False),
        sa.Column("offered_as", sa.String(), nullable=True),
        sa.Column("from_household_id", sa.Uuid(), nullable=True),
        sa.Column("from_asset_id", sa.Uuid(), nullable=True),
        sa.Column("to_asset_id", sa.Uuid(), nullable=False),
        sa.Column("village_id", sa.Uuid(), nullable=True),
        sa.Column("empties", sa.Boolean(), nullable=False),
        sa.Column("pieces", sa.BigInteger(), nullable=True),
        sa.Column("bag_code", sa.Text(), nullable=True),
        sa.Column("check_id", sa.Uuid(), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lat_e6", sa.BigInteger(), nullable=True),
        sa.Column("lon_e6", sa.BigInteger(), nullable=True),
        sa.Column("given_by", sa.Uuid(), nullable=True),
        sa.Column("given_as", sa.String(), nullable=True),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("given_grams", sa.BigInteger(), nullable=True),
        sa.Column("given_how", sa.String(), nullable=True),
        sa.Column("given_photo_id", sa.Uuid(), nullable=True),
        sa.Column("given_said", sa.LargeBinary(), nullable=True),
        sa.Column("taken_by", sa.Uuid(), nullable=True),
        sa.Column("taken_as", sa.String(), nullable=True),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("taken_grams", sa.BigInteger(), nullable=True),
        sa.Column("taken_how", sa.String(), nullable=True),
        sa.Column("taken_photo_id", sa.Uuid(), nullable=True),
        sa.Column("taken_said", sa.LargeBinary(), nullable=True),
        sa.Column("giver_named", postgresql.JSONB(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("grams", sa.BigInteger(), nullable=True),
        sa.Column("how", sa.String(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("settled_by", sa.Uuid(), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_grams", sa.BigInteger(), nullable=True),
        sa.Column("settled_note", sa.Text(), nullable=True),
        sa.Column("voided_by", sa.Uuid(), nullable=True),
        sa.Column("voided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("void_reason", sa.String(), nullable=True),
        sa.CheckConstraint(
            "(settled_at IS NULL) = (settled_by IS NULL) AND (settled_at IS NULL) = "
            "(settled_note IS NULL) AND (state <> 'settled' OR settled_at IS NOT NULL)",
            name=op.f("ck_handovers_settlement_is_whole"),
        ),
        sa.CheckConstraint(
            "(state = 'void') = (voided_at IS NOT NULL) AND (voided_at IS NULL) = "
            "(void_reason IS NULL) AND (voided_at IS NULL) = (voided_by IS NULL)",
            name=op.f("ck_handovers_void_is_whole"),
        ),
        sa.CheckConstraint(
            "how IN ('certified', 'scale', 'counted', 'typed', 'reckoned') AND given_how IN "
            "('certified', 'scale', 'counted', 'typed', 'reckoned') AND taken_how IN "
            "('certified', 'scale', 'counted', 'typed', 'reckoned')",
            name=op.f("ck_handovers_how_is_known"),
        ),
        sa.CheckConstraint(
            "leg IN ('collection', 'load', 'drop_off', 'receipt', 'move')",
            name=op.f("ck_handovers_leg_is_known"),
        ),
        sa.CheckConstraint(
            "offered_as IN ('kitchen', 'residual', 'recyclable', 'hazardous', 'catering', "
            "'bulky', 'renovation')",
            name=op.f("ck_handovers_offered_as_is_known"),
        ),
        sa.CheckConstraint(
            "state <> 'differs' OR grams IS NULL",
            name=op.f("ck_handovers_what_differs_has_no_weight"),
        ),
        sa.CheckConstraint(
            "state IN ('half', 'whole', 'differs', 'settled', 'void')",
            name=op.f("ck_handovers_state_is_known"),
        ),
        sa.CheckConstraint(
            "stream IN ('kitchen', 'residual', 'recyclable', 'hazardous', 'catering', "
            "'bulky', 'renovation')",
            name=op.f("ck_handovers_stream_is_known"),
        ),
        sa.CheckConstraint(
            "(from_household_id IS NULL) <> (from_asset_id IS NULL)",
            name=op.f("ck_handovers_comes_from_one"),
        ),
        sa.CheckConstraint(
            "(given_by IS NULL) = (given_said IS NULL) AND (given_by IS NULL) = (given_at IS "
            "NULL) AND (given_by IS NULL) = (given_as IS NULL) AND (given_grams IS NULL) = "
            "(given_how IS NULL) AND (given_by IS NOT NULL OR given_grams IS NULL)",
            name=op.f("ck_handovers_given_is_whole"),
        ),
        sa.CheckConstraint(
            "(grams IS NULL) = (how IS NULL)", name=op.f("ck_handovers_weight_is_whole")
        ),
        sa.CheckConstraint(
            "(taken_by IS NULL) = (taken_said IS NULL) AND (taken_by IS NULL) = (taken_at IS "
            "NULL) AND (taken_by IS NULL) = (taken_as IS NULL) AND (taken_grams IS NULL) = "
            "(taken_how IS NULL) AND (taken_by IS NOT NULL OR taken_grams IS NULL)",
            name=op.f("ck_handovers_taken_is_whole"),
        ),
        sa.CheckConstraint(
            "from_asset_id <> to_asset_id", name=op.f("ck_handovers_goes_elsewhere")
        ),
        sa.CheckConstraint("given_by <> taken_by", name=op.f("ck_handovers_two_people")),
        sa.CheckConstraint(
            "given_by IS NOT NULL OR taken_by IS NOT NULL", name=op.f("ck_handovers_somebody_spoke")
        ),
        sa.CheckConstraint(
            "grams > 0 AND given_grams > 0 AND taken_grams > 0 AND settled_grams > 0",
            name=op.f("ck_handovers_grams_positive"),
        ),
        sa.ForeignKeyConstraint(
            ["county_id", "check_id"], ["checks.county_id", "checks.id"], name="fk_handovers_check"
        ),
        sa.ForeignKeyConstraint(
            ["county_id", "given_photo_id"],
            ["photos.county_id", "photos.id"],
            name="fk_handovers_given_photo",
        ),
        sa.ForeignKeyConstraint(
            ["county_id", "taken_photo_id"],
            ["photos.county_id", "photos.id"],
            name="fk_handovers_taken_photo",
        ),
        sa.ForeignKeyConstraint(
            ["from_asset_id"], ["assets.id"], name=op.f("fk_handovers_from_asset_id")
        ),
        sa.ForeignKeyConstraint(
            ["from_household_id"], ["households.id"], name=op.f("fk_handovers_from_household_id")
        ),
        sa.ForeignKeyConstraint(["given_by"], ["users.id"], name=op.f("fk_handovers_given_by")),
        sa.ForeignKeyConstraint(["settled_by"], ["users.id"], name=op.f("fk_handovers_settled_by")),
        sa.ForeignKeyConstraint(["taken_by"], ["users.id"], name=op.f("fk_handovers_taken_by")),
        sa.ForeignKeyConstraint(
            ["to_asset_id"], ["assets.id"], name=op.f("fk_handovers_to_asset_id")
        ),
        sa.ForeignKeyConstraint(
            ["village_id"], ["regions.id"], name=op.f("fk_handovers_village_id")
        ),
        sa.ForeignKeyConstraint(["voided_by"], ["users.id"], name=op.f("fk_handovers_voided_by")),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_handovers")),
        sa.UniqueConstraint(
            "county_id", "pair_id", "line", name=op.f("uq_handovers_county_id_pair_id_line")
        ),
    )
    op.create_index(
        "ix_handovers_from_asset", "handovers", ["county_id", "from_asset_id", "stream", "at"]
    )
    op.create_index("ix_handovers_household", "handovers", ["county_id", "from_household_id", "at"])
    op.create_index(
        "ix_handovers_to_asset",
        "handovers",
        ["county_id", "to_asset_id", "stream", "at"],
        postgresql_include=["grams", "how"],
    )
    op.create_index("ix_handovers_village", "handovers", ["county_id", "village_id", "at"])
    op.create_index(
        "uq_handovers_bag",
        "handovers",
        ["county_id", "bag_code"],
        unique=True,
        postgresql_where=sa.text("bag_code IS NOT NULL AND state <> 'void'"),
    )


def downgrade() -> None:
    op.drop_table("handovers")
    for table in OF_PLACES[::-1]:
        op.execute(f"DELETE FROM {table} WHERE household_id IS NULL")  # noqa: S608
        op.alter_column(table, "household_id", nullable=False)
    op.drop_column("checks", "asset_id")
