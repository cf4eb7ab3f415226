"""What a county chose, in versions: each domain reads its own from one table.

The columns of counties and the four tables stay for the release before, which reads them.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

# What each domain's settings were: the columns of a county, with the keys that they have now.
OF_COUNTIES = {
    "settlement": {
        "auto_release_limit_fen": "auto_release_limit_fen",
        "cash_out_day_limit_fen": "cash_out_day_limit_fen",
    },
    "inspections": {
        "visit_due_days": "visit_due_days",
        "late_record_days_max": "late_record_days_max",
    },
    "photos": {"photo_months": "photo_months"},
    "redemption": {
        "confirm_above_points": "confirm_above_points",
        "shop_code_points_max": "shop_code_points_max",
        "shop_code_day_points": "shop_code_day_points",
        "household_day_points": "household_day_points",
        "shop_day_points": "shop_day_points",
    },
    "orders": {
        "order_prepare_hours": "prepare_hours",
        "order_pick_up_days": "pick_up_days",
        "substitute_minutes": "substitute_minutes",
    },
}
# And the tables with a row for each county that chose.
TABLES = {
    "reviews": (
        "review_settings",
        ("lease_minutes", "second_percent", "overdue_minutes", "appeal_days", "quick_seconds"),
    ),
    "cards": ("card_settings", ("payment_points_max", "day_points_max")),
    "rates": ("band_bounds", ("band_1_from", "band_2_from", "band_3_from")),
}
NAMING_A_VERSION = {"draws": "fk_draws_settings", "visit_results": "fk_results_settings"}


def upgrade() -> None:
    op.create_table(
        "county_settings",
        sa.Column("county_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("content", postgresql.JSONB(), nullable=False),
        sa.Column("set_by", sa.Uuid(), nullable=True),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("version > 0", name=op.f("ck_county_settings_version_positive")),
        sa.ForeignKeyConstraint(
            ["county_id"], ["counties.id"], name=op.f("fk_county_settings_county_id")
        ),
        sa.ForeignKeyConstraint(["set_by"], ["users.id"], name=op.f("fk_county_settings_set_by")),
        sa.PrimaryKeyConstraint("county_id", "name", "version", name=op.f("pk_county_settings")),
    )
    # What was set stays.
    op.execute("REVOKE UPDATE, DELETE ON county_settings FROM fen_app")
    _copy()
    # The next version of rounds is a row of the new table.
    for table, name in NAMING_A_VERSION.items():
        op.drop_constraint(name, table, type_="foreignkey")
    op.alter_column("counties", "auto_release_limit_fen", server_default="0")


def _copy() -> None:
    for name, columns in OF_COUNTIES.items():
        _copy_rows(name, "counties", "id", columns, "NULL, now()")
    for name, (table, columns) in TABLES.items():
        who = "set_by, set_at" if table == "band_bounds" else "NULL, now()"
        _copy_rows(name, table, "county_id", {column: column for column in columns}, who)
    op.execute(
        "INSERT INTO county_settings (county_id, name, version, content, set_by, set_at)"
        " SELECT county_id, 'rounds', version, settings, set_by, set_at FROM round_settings"
    )


def _copy_rows(name: str, table: str, county: str, columns: dict[str, str], who: str) -> None:
    content = ", ".join(f"'{key}', {column}" for column, key in columns.items())
    op.execute(
        "INSERT INTO county_settings (county_id, name, version, content, set_by, set_at)"  # noqa: S608
        f" SELECT {county}, '{name}', 1, jsonb_build_object({content}), {who} FROM {table}"
    )


def downgrade() -> None:
    for name, columns in OF_COUNTIES.items():
        values = ", ".join(
            f"{column} = (s.content ->> '{key}')::bigint" for column, key in columns.items()
        )
        op.execute(
            f"UPDATE counties c SET {values} FROM {_newest(name)}"  # noqa: S608
            " WHERE s.county_id = c.id"
        )
    for name, (table, columns) in TABLES.items():
        _copy_back(name, table, columns)
    op.execute(
        "INSERT INTO round_settings (county_id, version, settings, set_by, set_at)"
        " SELECT county_id, version, content, set_by, set_at FROM county_settings"
        " WHERE name = 'rounds' ON CONFLICT DO NOTHING"
    )
    for table, name in NAMING_A_VERSION.items():
        op.create_foreign_key(
            name,
            table,
            "round_settings",
            ["county_id", "settings_version"],
            ["county_id", "version"],
        )
    op.alter_column("counties", "auto_release_limit_fen", server_default=None)
    op.drop_table("county_settings")


def _copy_back(name: str, table: str, columns: tuple[str, ...]) -> None:
    who = ("set_by", "set_at") if table == "band_bounds" else ()
    values = ", ".join([*(f"(s.content ->> '{column}')::bigint" for column in columns), *who])
    anew = ", ".join(f"{column} = excluded.{column}" for column in (*columns, *who))
    op.execute(
        f"INSERT INTO {table} (county_id, {', '.join((*columns, *who))})"  # noqa: S608
        f" SELECT s.county_id, {values} FROM {_newest(name)}"
        f" ON CONFLICT (county_id) DO UPDATE SET {anew}"
    )


def _newest(name: str) -> str:
    return (
        "(SELECT DISTINCT ON (county_id) * FROM county_settings"  # noqa: S608
        f" WHERE name = '{name}' ORDER BY county_id, version DESC) s"
    )
