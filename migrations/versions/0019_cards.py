"""Household cards, their steps and uses, and who may buy with them."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

KINDS = (
    "points_expire",
    "award_reversed",
    "redemption_reversed",
    "budget_low",
    "review_overturned",
    "appeal_decided",
    "reviews_overdue",
    "sale_reversed",
    "redemption_voided",
)


def upgrade() -> None:
    _cards()
    _proxies()
    _uses()
    op.create_table(
        "card_settings",
        sa.Column("county_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("payment_points_max", sa.BigInteger(), nullable=False),
        sa.Column("day_points_max", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "payment_points_max BETWEEN 1 AND day_points_max",
            name=op.f("ck_card_settings_payment_within_the_day"),
        ),
        sa.CheckConstraint(
            "day_points_max <= 20000", name=op.f("ck_card_settings_day_points_max_range")
        ),
        sa.ForeignKeyConstraint(
            ["county_id"], ["counties.id"], name=op.f("fk_card_settings_county_id")
        ),
        sa.PrimaryKeyConstraint("county_id", name=op.f("pk_card_settings")),
    )
    _notice_kinds(*KINDS, "card_used")
    op.execute("REVOKE UPDATE, DELETE ON card_steps, card_uses FROM fen_app")
    op.execute("REVOKE DELETE ON cards, proxies FROM fen_app")


def _cards() -> None:
    op.create_table(
        "cards",
        sa.Column("county_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("household_id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("block_reason", sa.String(), nullable=True),
        sa.Column("pin_salt", sa.LargeBinary(), nullable=True),
        sa.Column("pin_hash", sa.LargeBinary(), nullable=True),
        sa.Column("wrong_pins", sa.BigInteger(), nullable=False),
        sa.Column("step", sa.BigInteger(), nullable=False),
        sa.Column("printed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "state IN ('printed', 'active', 'blocked', 'ended')",
            name=op.f("ck_cards_state_is_known"),
        ),
        sa.CheckConstraint(
            "block_reason IN ('lost', 'wrong_pins')", name=op.f("ck_cards_block_reason_is_known")
        ),
        sa.CheckConstraint(
            "(state = 'blocked') = (block_reason IS NOT NULL)",
            name=op.f("ck_cards_blocked_says_why"),
        ),
        sa.CheckConstraint(
            "(pin_salt IS NULL) = (pin_hash IS NULL)", name=op.f("ck_cards_pin_is_whole")
        ),
        sa.CheckConstraint(
            "state <> 'active' OR pin_hash IS NOT NULL", name=op.f("ck_cards_active_has_a_pin")
        ),
        sa.CheckConstraint(
            "state <> 'printed' OR pin_hash IS NULL", name=op.f("ck_cards_printed_has_no_pin")
        ),
        sa.CheckConstraint("wrong_pins BETWEEN 0 AND 5", name=op.f("ck_cards_wrong_pins_range")),
        sa.CheckConstraint(
            "wrong_pins < 5 OR state IN ('blocked', 'ended')",
            name=op.f("ck_cards_too_many_wrong_pins_block"),
        ),
        sa.ForeignKeyConstraint(
            ["household_id"], ["households.id"], name=op.f("fk_cards_household_id")
        ),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_cards")),
        sa.UniqueConstraint("county_id", "digest", name=op.f("uq_cards_county_id_digest")),
        sa.UniqueConstraint("county_id", "number", name=op.f("uq_cards_county_id_number")),
    )
    op.create_index(
        "uq_cards_household_current",
        "cards",
        ["county_id", "household_id"],
        unique=True,
        postgresql_where=sa.text("state <> 'ended'"),
    )
    op.create_index("ix_cards_household", "cards", ["county_id", "household_id", "id"])
    op.create_table(
        "card_steps",
        sa.Column("county_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("card_id", sa.Uuid(), nullable=False),
        sa.Column("ordinal", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("member_id", sa.Uuid(), nullable=True),
        sa.Column("document", sa.String(), nullable=True),
        sa.CheckConstraint(
            "state IN ('printed', 'active', 'blocked', 'ended')",
            name=op.f("ck_card_steps_state_is_known"),
        ),
        sa.CheckConstraint(
            "reason IN ('lost', 'wrong_pins')", name=op.f("ck_card_steps_reason_is_known")
        ),
        sa.CheckConstraint(
            "(state = 'blocked') = (reason IS NOT NULL)",
            name=op.f("ck_card_steps_blocked_says_why"),
        ),
        sa.CheckConstraint(
            "(state = 'active') = (member_id IS NOT NULL) "
            "AND (member_id IS NULL) = (document IS NULL)",
            name=op.f("ck_card_steps_a_hand_over_names_whom_and_what"),
        ),
        sa.ForeignKeyConstraint(["by"], ["users.id"], name=op.f("fk_card_steps_by")),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name=op.f("fk_card_steps_member_id")
        ),
        sa.ForeignKeyConstraint(
            ["county_id", "card_id"], ["cards.county_id", "cards.id"], name="fk_card_steps_card"
        ),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_card_steps")),
        sa.UniqueConstraint(
            "county_id", "card_id", "ordinal", name=op.f("uq_card_steps_county_id_card_id_ordinal")
        ),
    )


def _proxies() -> None:
    op.create_table(
        "proxies",
        sa.Column("county_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("household_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("phone_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("phone_index", sa.LargeBinary(), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.Column("day_points_max", sa.BigInteger(), nullable=False),
        sa.Column("named_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("named_by", sa.Uuid(), nullable=False),
        sa.Column("document", sa.String(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("first_on <= last_on", name=op.f("ck_proxies_days_in_order")),
        sa.CheckConstraint("day_points_max > 0", name=op.f("ck_proxies_day_points_max_positive")),
        sa.CheckConstraint(
            "(ended_at IS NULL) = (ended_by IS NULL)", name=op.f("ck_proxies_end_is_whole")
        ),
        sa.ForeignKeyConstraint(
            ["household_id"], ["households.id"], name=op.f("fk_proxies_household_id")
        ),
        sa.ForeignKeyConstraint(["named_by"], ["users.id"], name=op.f("fk_proxies_named_by")),
        sa.ForeignKeyConstraint(["ended_by"], ["users.id"], name=op.f("fk_proxies_ended_by")),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_proxies")),
    )
    op.create_index("ix_proxies_household", "proxies", ["county_id", "household_id", "id"])


def _uses() -> None:
    op.create_table(
        "card_uses",
        sa.Column("county_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("card_id", sa.Uuid(), nullable=False),
        sa.Column("step", sa.BigInteger(), nullable=False),
        sa.Column("household_id", sa.Uuid(), nullable=False),
        sa.Column("proxy_id", sa.Uuid(), nullable=True),
        sa.Column("redemption_id", sa.Uuid(), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["household_id"], ["households.id"], name=op.f("fk_card_uses_household_id")
        ),
        sa.ForeignKeyConstraint(
            ["county_id", "card_id", "step"],
            ["card_steps.county_id", "card_steps.card_id", "card_steps.ordinal"],
            name="fk_card_uses_step",
        ),
        sa.ForeignKeyConstraint(
            ["county_id", "proxy_id"],
            ["proxies.county_id", "proxies.id"],
            name="fk_card_uses_proxy",
        ),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_card_uses")),
        sa.UniqueConstraint(
            "county_id", "redemption_id", name=op.f("uq_card_uses_county_id_redemption_id")
        ),
    )
    op.create_index("ix_card_uses_household", "card_uses", ["county_id", "household_id", "id"])
    op.create_foreign_key(
        "fk_redemptions_card_use",
        "redemptions",
        "card_uses",
        ["county_id", "card_use_id"],
        ["county_id", "id"],
    )


def _notice_kinds(*kinds: str) -> None:
    op.drop_constraint(op.f("ck_notices_kind_is_known"), "notices", type_="check")
    words = ", ".join(f"'{kind}'" for kind in kinds)
    op.create_check_constraint(op.f("ck_notices_kind_is_known"), "notices", f"kind IN ({words})")


def downgrade() -> None:
    op.execute("DELETE FROM notices WHERE kind = 'card_used'")
    _notice_kinds(*KINDS)
    op.drop_table("card_settings")
    op.drop_constraint("fk_redemptions_card_use", "redemptions", type_="foreignkey")
    for table in ("card_uses", "proxies", "card_steps", "cards"):
        op.drop_table(table)
