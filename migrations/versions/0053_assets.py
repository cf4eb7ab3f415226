"""Assets, their steps and labels, and rolls of bags."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0053"
down_revision = "0052"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _assets()
    _asset_steps()
    _labels()
    _bag_rolls()
    op.execute("GRANT INSERT ON assets, asset_steps, labels, bag_rolls TO fen_app")
    op.execute(
        "GRANT UPDATE (name, region_id, inside_id, household_id, streams, is_kept_apart, litres,"
        " tare_grams, plate, lat_e6, lon_e6, details, state, step) ON assets TO fen_app"
    )
    op.execute(
        "GRANT UPDATE (state, asset_id, attached_at, attached_by, end_reason, ended_at, ended_by)"
        " ON labels TO fen_app"
    )
    op.execute("GRANT UPDATE (state, household_id, state_at) ON bag_rolls TO fen_app")


def _assets() -> None:
    op.create_table(
        "assets",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("county_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("region_id", sa.Uuid(), nullable=False),
        sa.Column("inside_id", sa.Uuid(), nullable=True),
        sa.Column("household_id", sa.Uuid(), nullable=True),
        sa.Column("streams", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("is_kept_apart", sa.Boolean(), nullable=False),
        sa.Column("litres", sa.BigInteger(), nullable=True),
        sa.Column("tare_grams", sa.BigInteger(), nullable=True),
        sa.Column("plate", sa.Text(), nullable=True),
        sa.Column("lat_e6", sa.BigInteger(), nullable=True),
        sa.Column("lon_e6", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("step", sa.BigInteger(), nullable=False),
        sa.Column("details", postgresql.JSONB(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(kind = 'vehicle') = (plate IS NOT NULL)", name=op.f("ck_assets_a_vehicle_has_a_plate")
        ),
        sa.CheckConstraint(
            "kind <> 'door_plate' OR household_id IS NOT NULL",
            name=op.f("ck_assets_a_door_is_whose"),
        ),
        sa.CheckConstraint(
            "kind IN ('door_plate', 'bin', 'booth', 'transfer_room', 'vehicle', 'plant', "
            "'station', 'bulky_point', 'activity_room')",
            name=op.f("ck_assets_kind_is_known"),
        ),
        sa.CheckConstraint(
            "state <> 'placed' OR lat_e6 IS NOT NULL OR kind NOT IN ('booth', "
            "'transfer_room', 'plant', 'station')",
            name=op.f("ck_assets_what_stands_has_a_place"),
        ),
        sa.CheckConstraint(
            "state IN ('new', 'placed', 'stopped', 'lost', 'retired')",
            name=op.f("ck_assets_state_is_known"),
        ),
        sa.CheckConstraint(
            "streams <@ ARRAY['kitchen', 'residual', 'recyclable', 'hazardous', 'catering', "
            "'bulky', 'renovation']",
            name=op.f("ck_assets_streams_are_known"),
        ),
        sa.CheckConstraint(
            "(lat_e6 IS NULL) = (lon_e6 IS NULL)", name=op.f("ck_assets_place_is_whole")
        ),
        sa.CheckConstraint(
            "abs(lat_e6) <= 90000000 AND abs(lon_e6) <= 180000000",
            name=op.f("ck_assets_place_is_on_earth"),
        ),
        sa.CheckConstraint("inside_id <> id", name=op.f("ck_assets_not_inside_itself")),
        sa.CheckConstraint(
            "litres > 0 AND tare_grams > 0", name=op.f("ck_assets_measures_positive")
        ),
        sa.ForeignKeyConstraint(["county_id"], ["counties.id"], name=op.f("fk_assets_county_id")),
        sa.ForeignKeyConstraint(
            ["household_id"], ["households.id"], name=op.f("fk_assets_household_id")
        ),
        sa.ForeignKeyConstraint(["inside_id"], ["assets.id"], name=op.f("fk_assets_inside_id")),
        sa.ForeignKeyConstraint(["region_id"], ["regions.id"], name=op.f("fk_assets_region_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assets")),
        sa.UniqueConstraint(
            "county_id", "kind", "number", name=op.f("uq_assets_county_id_kind_number")
        ),
        sa.UniqueConstraint("county_id", "plate", name=op.f("uq_assets_county_id_plate")),
    )
    op.create_index("ix_assets_household_id", "assets", ["household_id"])
    op.create_index("ix_assets_inside_id", "assets", ["inside_id"])
    op.create_index("ix_assets_region", "assets", ["region_id", "kind"])


def _asset_steps() -> None:
    op.create_table(
        "asset_steps",
        sa.Column("county_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("asset_id", sa.Uuid(), nullable=False),
        sa.Column("ordinal", sa.BigInteger(), nullable=False),
        sa.Column("came_from", sa.String(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("moved_by", sa.Uuid(), nullable=False),
        sa.Column("moved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "state IN ('new', 'placed', 'stopped', 'lost', 'retired')",
            name=op.f("ck_asset_steps_state_is_known"),
        ),
        sa.CheckConstraint(
            "(ordinal = 1) = (came_from IS NULL)",
            name=op.f("ck_asset_steps_the_first_comes_from_nothing"),
        ),
        sa.ForeignKeyConstraint(["asset_id"], ["assets.id"], name=op.f("fk_asset_steps_asset_id")),
        sa.ForeignKeyConstraint(["moved_by"], ["users.id"], name=op.f("fk_asset_steps_moved_by")),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_asset_steps")),
        sa.UniqueConstraint(
            "county_id",
            "asset_id",
            "ordinal",
            name=op.f("uq_asset_steps_county_id_asset_id_ordinal"),
        ),
    )


def _labels() -> None:
    op.create_table(
        "labels",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("county_id", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("medium", sa.String(), nullable=False),
        sa.Column("sheet_id", sa.Uuid(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("asset_id", sa.Uuid(), nullable=True),
        sa.Column("attached_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attached_by", sa.Uuid(), nullable=True),
        sa.Column("end_reason", sa.String(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "(state = 'ended') = (ended_at IS NOT NULL) AND (ended_at IS NULL) = (end_reason "
            "IS NULL) AND (ended_at IS NULL) = (ended_by IS NULL)",
            name=op.f("ck_labels_end_is_whole"),
        ),
        sa.CheckConstraint(
            "(state = 'printed') = (asset_id IS NULL) AND (asset_id IS NULL) = (attached_at "
            "IS NULL) AND (asset_id IS NULL) = (attached_by IS NULL)",
            name=op.f("ck_labels_attached_is_whole"),
        ),
        sa.CheckConstraint(
            "end_reason IN ('replaced', 'lost', 'damaged', 'moved_away')",
            name=op.f("ck_labels_end_reason_is_known"),
        ),
        sa.CheckConstraint("medium IN ('qr', 'rfid')", name=op.f("ck_labels_medium_is_known")),
        sa.CheckConstraint(
            "state IN ('printed', 'attached', 'ended')", name=op.f("ck_labels_state_is_known")
        ),
        sa.ForeignKeyConstraint(["asset_id"], ["assets.id"], name=op.f("fk_labels_asset_id")),
        sa.ForeignKeyConstraint(["attached_by"], ["users.id"], name=op.f("fk_labels_attached_by")),
        sa.ForeignKeyConstraint(["county_id"], ["counties.id"], name=op.f("fk_labels_county_id")),
        sa.ForeignKeyConstraint(["ended_by"], ["users.id"], name=op.f("fk_labels_ended_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_labels")),
        sa.UniqueConstraint("code", name=op.f("uq_labels_code")),
    )
    op.create_index("ix_labels_sheet_id", "labels", ["sheet_id"])
    op.create_index(
        "uq_labels_asset_medium_attached",
        "labels",
        ["asset_id", "medium"],
        unique=True,
        postgresql_where=sa.text("state = 'attached'"),
    )


def _bag_rolls() -> None:
    op.create_table(
        "bag_rolls",
        sa.Column("county_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("roll", sa.Text(), nullable=False),
        sa.Column("bags", sa.BigInteger(), nullable=False),
        sa.Column("stream", sa.String(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("household_id", sa.Uuid(), nullable=True),
        sa.Column("state_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(state = 'stocked') <= (household_id IS NULL) AND (state = 'issued') <= "
            "(household_id IS NOT NULL)",
            name=op.f("ck_bag_rolls_issued_has_a_household"),
        ),
        sa.CheckConstraint(
            "state IN ('stocked', 'issued', 'void')", name=op.f("ck_bag_rolls_state_is_known")
        ),
        sa.CheckConstraint(
            "stream = ANY (ARRAY['kitchen', 'residual', 'recyclable', 'hazardous', "
            "'catering', 'bulky', 'renovation'])",
            name=op.f("ck_bag_rolls_stream_is_known"),
        ),
        sa.CheckConstraint("bags BETWEEN 1 AND 200", name=op.f("ck_bag_rolls_bags_range")),
        sa.ForeignKeyConstraint(
            ["household_id"], ["households.id"], name=op.f("fk_bag_rolls_household_id")
        ),
        sa.ForeignKeyConstraint(["made_by"], ["users.id"], name=op.f("fk_bag_rolls_made_by")),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_bag_rolls")),
        sa.UniqueConstraint("county_id", "roll", name=op.f("uq_bag_rolls_county_id_roll")),
    )
    op.create_index("ix_bag_rolls_household", "bag_rolls", ["county_id", "household_id"])
    op.create_index("ix_bag_rolls_order", "bag_rolls", ["county_id", "order_id"])


def downgrade() -> None:
    op.drop_table("bag_rolls")
    op.drop_table("labels")
    op.drop_table("asset_steps")
    op.drop_table("assets")
