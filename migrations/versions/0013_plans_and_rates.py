"""Inspections planned by week, and the daily counters that rates are made of."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

# Raw rows and the column whose day in China they count on.
MARKED = {"checks": "at", "self_checks": "submitted_at", "visit_results": "at"}

# A mark is committed together with the row it speaks of. Marks are never merged: a writer that
# found another's mark and added none could lose its own when that one is counted.
MARK = """
CREATE FUNCTION mark_household_day() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO household_day_marks (county_id, household_id, on_day)
    SELECT NEW.county_id, NEW.household_id,
           ((to_jsonb(NEW) ->> TG_ARGV[0])::timestamptz AT TIME ZONE 'Asia/Shanghai')::date
    UNION
    SELECT OLD.county_id, OLD.household_id,
           ((to_jsonb(OLD) ->> TG_ARGV[0])::timestamptz AT TIME ZONE 'Asia/Shanghai')::date
     WHERE TG_OP = 'UPDATE';
    RETURN NULL;
END $$
"""


def upgrade() -> None:
    _counters()
    _draws()
    _visits()
    _results()
    _marks()
    # What was drawn, found and set stays.
    op.execute(
        "REVOKE UPDATE, DELETE ON round_settings, draws, draw_candidates, draw_inspectors,"
        " visit_results, visit_photos FROM fen_app"
    )
    op.execute("REVOKE DELETE ON visits FROM fen_app")


def _marks() -> None:
    op.execute(MARK)
    for table, column in MARKED.items():
        op.execute(
            f"CREATE TRIGGER household_day_is_marked AFTER INSERT OR UPDATE ON {table}"
            f" FOR EACH ROW EXECUTE FUNCTION mark_household_day('{column}')"
        )
        # What happened before this release is counted by the first run of the sweep.
        op.execute(
            "INSERT INTO household_day_marks (county_id, household_id, on_day)"  # noqa: S608
            f" SELECT DISTINCT county_id, household_id,"
            f" ({column} AT TIME ZONE 'Asia/Shanghai')::date FROM {table}"
        )


def _counters() -> None:
    op.create_table(
        "household_day_marks",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("county_id", sa.BigInteger(), nullable=False),
        sa.Column("household_id", sa.Uuid(), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_household_day_marks")),
    )
    op.create_index(
        "ix_household_day_marks_county", "household_day_marks", ["county_id", "id"], unique=False
    )
    op.create_table(
        "rate_watermarks",
        sa.Column("county_id", sa.BigInteger(), nullable=False),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["county_id"], ["counties.id"], name=op.f("fk_rate_watermarks_county_id")
        ),
        sa.PrimaryKeyConstraint("county_id", name=op.f("pk_rate_watermarks")),
    )
    op.create_table(
        "band_bounds",
        sa.Column("county_id", sa.BigInteger(), nullable=False),
        sa.Column("band_1_from", sa.BigInteger(), nullable=False),
        sa.Column("band_2_from", sa.BigInteger(), nullable=False),
        sa.Column("band_3_from", sa.BigInteger(), nullable=False),
        sa.Column("set_by", sa.Uuid(), nullable=True),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "10000 >= band_1_from AND band_1_from > band_2_from"
            " AND band_2_from > band_3_from AND band_3_from > 0",
            name=op.f("ck_band_bounds_bounds_fall"),
        ),
        sa.ForeignKeyConstraint(
            ["county_id"], ["counties.id"], name=op.f("fk_band_bounds_county_id")
        ),
        sa.ForeignKeyConstraint(["set_by"], ["users.id"], name=op.f("fk_band_bounds_set_by")),
        sa.PrimaryKeyConstraint("county_id", name=op.f("pk_band_bounds")),
    )
    op.create_table(
        "household_days",
        sa.Column("county_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("household_id", sa.Uuid(), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("put_outs", sa.SmallInteger(), nullable=False),
        sa.Column("self_checks", sa.SmallInteger(), nullable=False),
        sa.Column("checks", sa.SmallInteger(), nullable=False),
        sa.Column("checks_a", sa.SmallInteger(), nullable=False),
        sa.Column("checks_b", sa.SmallInteger(), nullable=False),
        sa.Column("visits", sa.SmallInteger(), nullable=False),
        sa.Column("visits_passed", sa.SmallInteger(), nullable=False),
        sa.Column("judged", sa.SmallInteger(), nullable=False),
        sa.Column("approved", sa.SmallInteger(), nullable=False),
        sa.CheckConstraint(
            "approved BETWEEN 0 AND judged", name=op.f("ck_household_days_approved_are_of_judged")
        ),
        sa.CheckConstraint(
            "checks_a >= 0 AND checks_b >= 0 AND checks_a + checks_b <= checks",
            name=op.f("ck_household_days_grades_are_of_checks"),
        ),
        sa.CheckConstraint(
            "put_outs IN (0, 1) AND self_checks IN (0, 1)",
            name=op.f("ck_household_days_a_day_counts_once"),
        ),
        sa.CheckConstraint(
            "visits_passed BETWEEN 0 AND visits",
            name=op.f("ck_household_days_passed_are_of_visits"),
        ),
        sa.ForeignKeyConstraint(
            ["household_id"], ["households.id"], name=op.f("fk_household_days_household_id")
        ),
        sa.PrimaryKeyConstraint(
            "county_id", "household_id", "on_day", name=op.f("pk_household_days")
        ),
    )


def _draws() -> None:
    op.create_table(
        "round_settings",
        sa.Column("county_id", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("settings", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("set_by", sa.Uuid(), nullable=True),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("version > 0", name=op.f("ck_round_settings_version_positive")),
        sa.ForeignKeyConstraint(
            ["county_id"], ["counties.id"], name=op.f("fk_round_settings_county_id")
        ),
        sa.ForeignKeyConstraint(["set_by"], ["users.id"], name=op.f("fk_round_settings_set_by")),
        sa.PrimaryKeyConstraint("county_id", "version", name=op.f("pk_round_settings")),
    )
    op.create_table(
        "draws",
        sa.Column("county_id", sa.BigInteger(), nullable=False),
        sa.Column("week_on", sa.Date(), nullable=False),
        sa.Column("seed", sa.LargeBinary(), nullable=False),
        sa.Column("seal_number", sa.BigInteger(), nullable=True),
        sa.Column("seal_digest", sa.LargeBinary(), nullable=True),
        sa.Column("candidates", sa.BigInteger(), nullable=False),
        sa.Column("candidates_digest", sa.LargeBinary(), nullable=False),
        sa.Column("settings_version", sa.BigInteger(), nullable=True),
        sa.Column("drawn_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(seal_number IS NULL) = (seal_digest IS NULL)", name=op.f("ck_draws_seal_is_whole")
        ),
        sa.CheckConstraint(
            "extract(isodow FROM week_on) = 1", name=op.f("ck_draws_a_week_begins_on_monday")
        ),
        sa.CheckConstraint("length(seed) = 32", name=op.f("ck_draws_seed_is_whole")),
        sa.ForeignKeyConstraint(
            ["county_id", "settings_version"],
            ["round_settings.county_id", "round_settings.version"],
            name="fk_draws_settings",
        ),
        sa.ForeignKeyConstraint(["county_id"], ["counties.id"], name=op.f("fk_draws_county_id")),
        sa.PrimaryKeyConstraint("county_id", "week_on", name=op.f("pk_draws")),
    )
    op.create_table(
        "draw_candidates",
        sa.Column("county_id", sa.BigInteger(), nullable=False),
        sa.Column("week_on", sa.Date(), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("household_ids", sa.ARRAY(sa.Uuid()), nullable=False),
        sa.ForeignKeyConstraint(
            ["county_id", "week_on"],
            ["draws.county_id", "draws.week_on"],
            name="fk_draw_candidates_draw",
        ),
        sa.ForeignKeyConstraint(
            ["group_id"], ["regions.id"], name=op.f("fk_draw_candidates_group_id")
        ),
        sa.PrimaryKeyConstraint(
            "county_id", "week_on", "group_id", name=op.f("pk_draw_candidates")
        ),
    )
    op.create_table(
        "draw_inspectors",
        sa.Column("county_id", sa.BigInteger(), nullable=False),
        sa.Column("week_on", sa.Date(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("place_ids", sa.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("not_village_id", sa.Uuid(), nullable=True),
        sa.Column("not_household_ids", sa.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("random_quota", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "random_quota >= 0", name=op.f("ck_draw_inspectors_random_quota_not_negative")
        ),
        sa.ForeignKeyConstraint(
            ["county_id", "week_on"],
            ["draws.county_id", "draws.week_on"],
            name="fk_draw_inspectors_draw",
        ),
        sa.ForeignKeyConstraint(
            ["not_village_id"], ["regions.id"], name=op.f("fk_draw_inspectors_not_village_id")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_draw_inspectors_user_id")),
        sa.PrimaryKeyConstraint("county_id", "week_on", "user_id", name=op.f("pk_draw_inspectors")),
    )


def _visits() -> None:
    op.create_table(
        "visits",
        sa.Column("county_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("week_on", sa.Date(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("household_id", sa.Uuid(), nullable=False),
        sa.Column("village_id", sa.Uuid(), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("way", sa.String(), nullable=False),
        sa.Column("ordinal", sa.BigInteger(), nullable=False),
        sa.Column("why", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("drawn_for", sa.Uuid(), nullable=False),
        sa.Column("inspector_id", sa.Uuid(), nullable=False),
        sa.Column("recheck_of", sa.Uuid(), nullable=True),
        sa.Column("reassigned_by", sa.Uuid(), nullable=True),
        sa.Column("reassigned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reassigned_because", sa.Text(), nullable=True),
        sa.Column("planned_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(way = 'recheck') = (recheck_of IS NOT NULL)",
            name=op.f("ck_visits_recheck_of_a_visit"),
        ),
        sa.CheckConstraint(
            "way IN ('recommended', 'random', 'bottom', 'recheck')",
            name=op.f("ck_visits_way_is_known"),
        ),
        sa.CheckConstraint(
            "(reassigned_by IS NULL) = (reassigned_because IS NULL)"
            " AND (reassigned_by IS NULL) = (reassigned_at IS NULL)",
            name=op.f("ck_visits_a_reassignment_says_who_when_and_why"),
        ),
        sa.CheckConstraint(
            "extract(isodow FROM week_on) = 1", name=op.f("ck_visits_a_week_begins_on_monday")
        ),
        sa.CheckConstraint(
            "from_on BETWEEN week_on AND week_on + 6", name=op.f("ck_visits_from_a_day_of_its_week")
        ),
        sa.CheckConstraint(
            "inspector_id = drawn_for OR reassigned_by IS NOT NULL",
            name=op.f("ck_visits_changed_by_somebody"),
        ),
        sa.ForeignKeyConstraint(
            ["county_id", "recheck_of"], ["visits.county_id", "visits.id"], name="fk_visits_recheck"
        ),
        sa.ForeignKeyConstraint(["drawn_for"], ["users.id"], name=op.f("fk_visits_drawn_for")),
        sa.ForeignKeyConstraint(["group_id"], ["regions.id"], name=op.f("fk_visits_group_id")),
        sa.ForeignKeyConstraint(
            ["household_id"], ["households.id"], name=op.f("fk_visits_household_id")
        ),
        sa.ForeignKeyConstraint(
            ["inspector_id"], ["users.id"], name=op.f("fk_visits_inspector_id")
        ),
        sa.ForeignKeyConstraint(
            ["reassigned_by"], ["users.id"], name=op.f("fk_visits_reassigned_by")
        ),
        sa.ForeignKeyConstraint(["village_id"], ["regions.id"], name=op.f("fk_visits_village_id")),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_visits")),
        sa.UniqueConstraint("county_id", "recheck_of", name=op.f("uq_visits_county_id_recheck_of")),
    )
    op.create_index(
        "ix_visits_inspector",
        "visits",
        ["county_id", "inspector_id", "week_on", "id"],
        unique=False,
    )
    op.create_index("ix_visits_week", "visits", ["county_id", "week_on", "id"], unique=False)
    op.create_index(
        "uq_visits_household_of_week",
        "visits",
        ["county_id", "week_on", "household_id"],
        unique=True,
        postgresql_where=sa.text("way <> 'recheck'"),
    )


def _results() -> None:
    op.create_table(
        "visit_results",
        sa.Column("county_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("visit_id", sa.Uuid(), nullable=False),
        sa.Column("household_id", sa.Uuid(), nullable=False),
        sa.Column("village_id", sa.Uuid(), nullable=False),
        sa.Column("inspector_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("score", sa.BigInteger(), nullable=True),
        sa.Column("is_passed", sa.Boolean(), nullable=True),
        sa.Column("wrong_kinds", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("deductions", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("findings", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("settings_version", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "(outcome = 'seen') = (score IS NOT NULL) AND (score IS NULL) = (is_passed IS NULL)",
            name=op.f("ck_visit_results_who_was_seen_has_a_score"),
        ),
        sa.CheckConstraint(
            "outcome = 'seen' OR (wrong_kinds = '{}' AND deductions = '[]')",
            name=op.f("ck_visit_results_nobody_home_has_no_findings"),
        ),
        sa.CheckConstraint(
            "outcome IN ('seen', 'nobody_home')", name=op.f("ck_visit_results_outcome_is_known")
        ),
        sa.CheckConstraint(
            "wrong_kinds <@ ARRAY['kitchen', 'recyclable', 'hazardous', 'residual']",
            name=op.f("ck_visit_results_wrong_kinds_are_known"),
        ),
        sa.CheckConstraint(
            "score BETWEEN 0 AND 100", name=op.f("ck_visit_results_score_within_the_base")
        ),
        sa.ForeignKeyConstraint(
            ["county_id", "settings_version"],
            ["round_settings.county_id", "round_settings.version"],
            name="fk_results_settings",
        ),
        sa.ForeignKeyConstraint(
            ["county_id", "visit_id"], ["visits.county_id", "visits.id"], name="fk_results_visit"
        ),
        sa.ForeignKeyConstraint(
            ["household_id"], ["households.id"], name=op.f("fk_visit_results_household_id")
        ),
        sa.ForeignKeyConstraint(
            ["inspector_id"], ["users.id"], name=op.f("fk_visit_results_inspector_id")
        ),
        sa.ForeignKeyConstraint(
            ["village_id"], ["regions.id"], name=op.f("fk_visit_results_village_id")
        ),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_visit_results")),
        sa.UniqueConstraint(
            "county_id", "visit_id", name=op.f("uq_visit_results_county_id_visit_id")
        ),
    )
    op.create_index(
        "ix_visit_results_household",
        "visit_results",
        ["county_id", "household_id", "at"],
        unique=False,
    )
    op.create_table(
        "visit_photos",
        sa.Column("county_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("photo_id", sa.Uuid(), nullable=False),
        sa.Column("result_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["county_id", "photo_id"],
            ["photos.county_id", "photos.id"],
            name=op.f("fk_visit_photos_county_id_photo_id"),
        ),
        sa.ForeignKeyConstraint(
            ["county_id", "result_id"],
            ["visit_results.county_id", "visit_results.id"],
            name="fk_visit_photos_result",
        ),
        sa.PrimaryKeyConstraint("county_id", "photo_id", name=op.f("pk_visit_photos")),
    )
    op.create_index(
        "ix_visit_photos_result", "visit_photos", ["county_id", "result_id"], unique=False
    )


def downgrade() -> None:
    for table in MARKED:
        op.execute(f"DROP TRIGGER household_day_is_marked ON {table}")
    op.execute("DROP FUNCTION mark_household_day()")
    op.drop_index("ix_visit_photos_result", table_name="visit_photos")
    op.drop_table("visit_photos")
    op.drop_index("ix_visit_results_household", table_name="visit_results")
    op.drop_table("visit_results")
    op.drop_table("draw_inspectors")
    op.drop_table("draw_candidates")
    op.drop_index(
        "uq_visits_household_of_week",
        table_name="visits",
        postgresql_where=sa.text("way <> 'recheck'"),
    )
    op.drop_index("ix_visits_week", table_name="visits")
    op.drop_index("ix_visits_inspector", table_name="visits")
    op.drop_table("visits")
    op.drop_table("household_days")
    op.drop_table("draws")
    op.drop_table("round_settings")
    op.drop_table("band_bounds")
    op.drop_table("rate_watermarks")
    op.drop_index("ix_household_day_marks_county", table_name="household_day_marks")
    op.drop_table("household_day_marks")
