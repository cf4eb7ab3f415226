"""Checks at the booth and the bin, records that come late, conflicts, and the care register."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

KINDS = "ARRAY['kitchen', 'recyclable', 'hazardous', 'residual']"
CHECKS = {
    "kinds_are_known": f"kinds <@ {KINDS}",
    "state_is_known": "state IN ('counted', 'held', 'set_aside')",
    "each_checks_in_their_place": (
        "(setting, checked_as) IN "
        "(('door', 'liaison'), ('booth', 'booth_keeper'), ('bin', 'collector'))"
    ),
    "a_liaison_checks_at_the_door": "(setting = 'door') = (liaison_id IS NOT NULL)",
    "what_was_put_out_has_its_kinds": "is_put_out = (setting <> 'door' AND kinds <> '{}')",
    "no_waste_no_grade": "(grade IS NULL) = (setting = 'bin' AND NOT is_put_out)",
    "a_booth_is_where_waste_is_put": "setting <> 'booth' OR is_put_out",
    "what_is_wrong_was_there": "wrong_kinds <@ kinds OR (setting = 'door' AND kinds = '{}')",
    "the_door_and_grade_c_have_a_photo": (
        "photo_id IS NOT NULL OR (setting <> 'door' AND grade IS DISTINCT FROM 'c')"
    ),
    "a_record_of_a_phone_has_its_time": "client_id IS NULL OR phone_time IS NOT NULL",
}
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _county_days()
    _checks()
    _check_photos()
    _check_conflicts()
    _care()
    # What was seen and noted stays; of a check only whether it counts may change.
    op.execute("GRANT UPDATE (state) ON checks TO fen_app")
    op.execute("REVOKE UPDATE, DELETE ON check_photos, visit_notes FROM fen_app")
    op.execute("REVOKE DELETE ON check_conflicts, care_entries FROM fen_app")


def _county_days() -> None:
    for name, days in (("visit_due_days", "30"), ("late_record_days_max", "3")):
        op.add_column(
            "counties", sa.Column(name, sa.BigInteger(), nullable=False, server_default=days)
        )
    op.create_check_constraint(
        op.f("ck_counties_visit_due_days_in_a_year"),
        "counties",
        "visit_due_days BETWEEN 1 AND 366",
    )
    op.create_check_constraint(
        op.f("ck_counties_late_record_days_max_in_a_month"),
        "counties",
        "late_record_days_max BETWEEN 0 AND 31",
    )


def _checks() -> None:
    # The defaults are what the release before writes: a liaison, at the door, now.
    for column in (
        sa.Column("setting", sa.String(), nullable=False, server_default="door"),
        sa.Column("checked_as", sa.String(), nullable=False, server_default="liaison"),
        sa.Column("received_at", INSTANT, nullable=False, server_default=sa.text("now()")),
        sa.Column("client_id", sa.Uuid(), nullable=True),
        sa.Column("kinds", sa.ARRAY(sa.Text()), nullable=False, server_default="{}"),
        sa.Column("is_put_out", sa.Boolean(), nullable=False, server_default=sa.text("false")),
        sa.Column("state", sa.String(), nullable=False, server_default="counted"),
    ):
        op.add_column("checks", column)
    op.execute("UPDATE checks SET received_at = at")
    for name in ("liaison_id", "grade", "photo_id"):
        op.alter_column("checks", name, nullable=True)
    for name, condition in CHECKS.items():
        op.create_check_constraint(op.f(f"ck_checks_{name}"), "checks", condition)
    op.create_unique_constraint(
        op.f("uq_checks_county_id_checked_by_client_id"),
        "checks",
        ["county_id", "checked_by", "client_id"],
    )


def _check_photos() -> None:
    op.create_table(
        "check_photos",
        sa.Column("county_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("photo_id", sa.Uuid(), nullable=False),
        sa.Column("check_id", sa.Uuid(), nullable=False),
        sa.Column("ordinal", sa.BigInteger(), nullable=False),
        sa.Column("added_at", INSTANT, nullable=False),
        sa.CheckConstraint("ordinal IN (2, 3)", name=op.f("ck_check_photos_three_photos_at_most")),
        sa.ForeignKeyConstraint(
            ["county_id", "check_id"],
            ["checks.county_id", "checks.id"],
            name=op.f("fk_check_photos_county_id_check_id"),
        ),
        sa.ForeignKeyConstraint(
            ["county_id", "photo_id"],
            ["photos.county_id", "photos.id"],
            name=op.f("fk_check_photos_county_id_photo_id"),
        ),
        sa.PrimaryKeyConstraint("county_id", "photo_id", name=op.f("pk_check_photos")),
        sa.UniqueConstraint(
            "county_id",
            "check_id",
            "ordinal",
            name=op.f("uq_check_photos_county_id_check_id_ordinal"),
        ),
    )


def _check_conflicts() -> None:
    op.create_table(
        "check_conflicts",
        sa.Column("county_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("check_id", sa.Uuid(), nullable=False),
        sa.Column("first_check_id", sa.Uuid(), nullable=True),
        sa.Column("household_id", sa.Uuid(), nullable=False),
        sa.Column("village_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("found_at", INSTANT, nullable=False),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("resolved_by", sa.Uuid(), nullable=True),
        sa.Column("resolved_at", INSTANT, nullable=True),
        sa.CheckConstraint(
            "reason IN ('grades_differ', 'clock_off', 'not_assigned')",
            name=op.f("ck_check_conflicts_reason_is_known"),
        ),
        sa.CheckConstraint(
            "(reason = 'grades_differ') = (first_check_id IS NOT NULL)",
            name=op.f("ck_check_conflicts_two_checks_differ"),
        ),
        sa.CheckConstraint(
            "outcome IS NULL OR CASE WHEN reason = 'grades_differ' "
            "THEN outcome IN ('keep_first', 'keep_later', 'keep_both') "
            "ELSE outcome IN ('count', 'set_aside') END",
            name=op.f("ck_check_conflicts_outcome_fits_reason"),
        ),
        sa.CheckConstraint(
            "(outcome IS NULL) = (resolved_by IS NULL) AND (outcome IS NULL) = "
            "(resolved_at IS NULL) AND (outcome IS NULL) = (note IS NULL)",
            name=op.f("ck_check_conflicts_a_resolution_has_who_when_and_why"),
        ),
        sa.ForeignKeyConstraint(
            ["county_id", "check_id"],
            ["checks.county_id", "checks.id"],
            name=op.f("fk_check_conflicts_county_id_check_id"),
        ),
        sa.ForeignKeyConstraint(
            ["county_id", "first_check_id"],
            ["checks.county_id", "checks.id"],
            name="fk_check_conflicts_first_check",
        ),
        sa.ForeignKeyConstraint(
            ["household_id"], ["households.id"], name=op.f("fk_check_conflicts_household_id")
        ),
        sa.ForeignKeyConstraint(
            ["resolved_by"], ["users.id"], name=op.f("fk_check_conflicts_resolved_by")
        ),
        sa.ForeignKeyConstraint(
            ["village_id"], ["regions.id"], name=op.f("fk_check_conflicts_village_id")
        ),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_check_conflicts")),
        sa.UniqueConstraint(
            "county_id", "check_id", name=op.f("uq_check_conflicts_county_id_check_id")
        ),
    )
    op.create_index(
        "ix_check_conflicts_open",
        "check_conflicts",
        ["county_id", "village_id", "id"],
        postgresql_where=sa.text("outcome IS NULL"),
    )


def _care() -> None:
    op.create_table(
        "care_entries",
        sa.Column("county_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("household_id", sa.Uuid(), nullable=False),
        sa.Column("reasons", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("note_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("review_on", sa.Date(), nullable=False),
        sa.Column("entered_by", sa.Uuid(), nullable=False),
        sa.Column("entered_as", sa.String(), nullable=False),
        sa.Column("entered_at", INSTANT, nullable=False),
        sa.Column("ended_by", sa.Uuid(), nullable=True),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.Column("ended_because", sa.String(), nullable=True),
        sa.CheckConstraint(
            "reasons <@ ARRAY['old', 'alone', 'disabled', 'ill', 'children_only', 'other'] "
            "AND cardinality(reasons) > 0",
            name=op.f("ck_care_entries_reasons_are_known"),
        ),
        sa.CheckConstraint(
            "ended_because IN ('revised', 'better', 'moved', 'died', 'mistake')",
            name=op.f("ck_care_entries_end_is_known"),
        ),
        sa.CheckConstraint(
            "(ended_at IS NULL) = (ended_by IS NULL) "
            "AND (ended_at IS NULL) = (ended_because IS NULL)",
            name=op.f("ck_care_entries_an_end_has_who_and_why"),
        ),
        sa.ForeignKeyConstraint(
            ["household_id"], ["households.id"], name=op.f("fk_care_entries_household_id")
        ),
        sa.ForeignKeyConstraint(
            ["entered_by"], ["users.id"], name=op.f("fk_care_entries_entered_by")
        ),
        sa.ForeignKeyConstraint(["ended_by"], ["users.id"], name=op.f("fk_care_entries_ended_by")),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_care_entries")),
    )
    op.create_index(
        "uq_care_entries_household_open",
        "care_entries",
        ["county_id", "household_id"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_index(
        "ix_care_entries_household", "care_entries", ["county_id", "household_id", "id"]
    )
    op.create_table(
        "visit_notes",
        sa.Column("county_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("household_id", sa.Uuid(), nullable=False),
        sa.Column("text_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("written_by", sa.Uuid(), nullable=False),
        sa.Column("written_as", sa.String(), nullable=False),
        sa.Column("written_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["household_id"], ["households.id"], name=op.f("fk_visit_notes_household_id")
        ),
        sa.ForeignKeyConstraint(
            ["written_by"], ["users.id"], name=op.f("fk_visit_notes_written_by")
        ),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_visit_notes")),
    )
    op.create_index("ix_visit_notes_household", "visit_notes", ["county_id", "household_id", "id"])


def downgrade() -> None:
    """Checks of other places than the door, and those that do not count, are lost."""
    for table in ("visit_notes", "care_entries", "check_conflicts", "check_photos"):
        op.drop_table(table)
    op.execute("REVOKE UPDATE (state) ON checks FROM fen_app")
    op.execute("DELETE FROM checks WHERE setting <> 'door' OR state <> 'counted'")
    op.drop_constraint(op.f("uq_checks_county_id_checked_by_client_id"), "checks")
    for name in CHECKS:
        op.drop_constraint(op.f(f"ck_checks_{name}"), "checks")
    for name in ("liaison_id", "grade", "photo_id"):
        op.alter_column("checks", name, nullable=False)
    for name in ("setting", "checked_as", "received_at", "client_id", "kinds"):
        op.drop_column("checks", name)
    for name in ("is_put_out", "state"):
        op.drop_column("checks", name)
    for name in ("late_record_days_max", "visit_due_days"):
        op.drop_column("counties", name)
