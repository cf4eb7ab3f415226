"""Runs the migrations as the owner of the database, one run at a time."""

from alembic import context
from flask import current_app
from sqlalchemy import Column, create_engine, text
from sqlalchemy.schema import SchemaItem

from app.kernel.db import Model

# A migration that waits for a lock makes every request behind it wait too: give up soon.
TIMEOUTS = "-c lock_timeout=4s -c statement_timeout=300s"
ONE_AT_A_TIME = 4_152_026  # the advisory lock's number, ours alone


# What no model has any more, and the release before still reads: the next release drops it.
LEFT_BEHIND = {
    "table": {"band_bounds", "card_settings", "review_settings", "round_settings"},
    "column": {"photos.kept_until", "photos.perceptual_hash"}
    | {
        f"counties.{name}"
        for name in (
            "auto_release_limit_fen",
            "cash_out_day_limit_fen",
            "confirm_above_points",
            "household_day_points",
            "late_record_days_max",
            "order_pick_up_days",
            "order_prepare_hours",
            "photo_months",
            "shop_code_day_points",
            "shop_code_points_max",
            "shop_day_points",
            "substitute_minutes",
            "visit_due_days",
        )
    },
}


def has_a_model(
    thing: SchemaItem, name: str | None, kind: str, _is_reflected: bool, _model: SchemaItem | None
) -> bool:
    """Whether to compare it: everything but what is left behind."""
    full_name = f"{thing.table.name}.{name}" if isinstance(thing, Column) else name
    return full_name not in LEFT_BEHIND.get(kind, ())


def in_public(name: str | None, kind: str, parents: dict[str, str | None]) -> bool:
    """Only the public schema is compared with the models; the ledger is one SQL file."""
    return kind != "schema" or name is None


def run() -> None:
    settings = current_app.config["SETTINGS"]
    url = settings.database_owner_url or settings.database_url
    engine = create_engine(url, connect_args={"options": TIMEOUTS}, hide_parameters=True)
    with engine.connect() as connection:
        connection.execute(text(f"SELECT pg_advisory_lock({ONE_AT_A_TIME})"))
        connection.commit()
        context.configure(
            connection=connection,
            target_metadata=Model.metadata,  # all of it: the application has found its domains
            include_name=in_public,
            include_object=has_a_model,
            compare_type=True,
        )
        with context.begin_transaction():
            context.run_migrations()
    engine.dispose()


run()
