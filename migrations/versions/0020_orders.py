"""Orders with their lines and refunds, and subsidies that are promised until the hand-over."""

from collections.abc import Mapping

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

OLD_KINDS = (
    "kind IN ('points_expire', 'award_reversed', 'redemption_reversed', 'budget_low', "
    "'review_overturned', 'appeal_decided', 'reviews_overdue', 'sale_reversed', "
    "'redemption_voided', 'card_used')"
)
NEW_KINDS = (
    "kind IN ('points_expire', 'award_reversed', 'redemption_reversed', 'budget_low', "
    "'review_overturned', 'appeal_decided', 'reviews_overdue', 'sale_reversed', "
    "'redemption_voided', 'card_used', 'order_ready', 'order_cancelled', "
    "'substitute_offered', 'order_received', 'order_refunded')"
)
# Of a county: each with its default and what it may be.
SETTINGS = {
    "order_prepare_hours": ("48", "in_two_weeks", "BETWEEN 1 AND 336"),
    "order_pick_up_days": ("7", "in_a_month", "BETWEEN 1 AND 31"),
    "substitute_minutes": ("120", "in_two_days", "BETWEEN 10 AND 2880"),
}
ORDER_CHECKS = {
    "state_is_known": (
        "state IN ('placed', 'preparing', 'ready', 'on_the_way', 'handed_over', 'cancelled')"
    ),
    "way_is_known": "way IN ('pick_up', 'delivery')",
    "only_a_delivery_is_on_the_way": "way = 'delivery' OR state <> 'on_the_way'",
    "what_is_open_is_due": (
        "(state IN ('handed_over', 'cancelled')) = (ended_at IS NOT NULL) "
        "AND (ended_at IS NULL) = (due_at IS NOT NULL)"
    ),
    "cancelled_by_somebody": "(state = 'cancelled') = (cancelled_by IS NOT NULL)",
    "cancelled_by_is_known": "cancelled_by IN ('resident', 'shop', 'time')",
    "a_shop_says_why": "(cancelled_by IS NOT DISTINCT FROM 'shop') = (reason IS NOT NULL)",
    "points_positive": "points > 0",
    "received_by_name_when_delivered": (
        "received_by IS NULL OR (way = 'delivery' AND state = 'handed_over')"
    ),
}
LINE_CHECKS = {
    "state_is_known": (
        "state IN ('open', 'offered', 'replaced', 'declined', 'dropped', 'handed_over')"
    ),
    "count_positive": "count > 0",
    "amounts_not_negative": "points > 0 AND subsidy_fen >= 0",
    "parts_add_up": "points + subsidy_fen = settlement_fen",
    "settled_within_market_price": "settlement_fen <= market_price_fen",
    "points_are_held": "points <= held_points",
    "refunded_is_a_part": "refunded_count BETWEEN 0 AND count",
    "a_subsidy_has_a_funder": (
        "(campaign_name IS NULL) = (subsidy_fen = 0) "
        "AND (campaign_name IS NULL) = (funder_name IS NULL)"
    ),
    "a_first_line_is_its_root": "(replaces_id IS NULL) = (root_id = id)",
    "an_offer_ends_some_time": "(state = 'offered') = (answer_until IS NOT NULL)",
}


def upgrade() -> None:
    op.execute(
        "INSERT INTO ledger.flows VALUES ('order', 'household', 'shop'),"
        " ('order_refund', 'shop', 'household')"
    )
    for name, (default, rule, bounds) in SETTINGS.items():
        op.add_column(
            "counties",
            sa.Column(name, sa.BigInteger(), nullable=False, server_default=default),
        )
        op.create_check_constraint(
            op.f(f"ck_counties_{name}_{rule}"), "counties", f"{name} {bounds}"
        )
    op.drop_constraint(op.f("ck_notices_kind_is_known"), "notices")
    op.create_check_constraint(op.f("ck_notices_kind_is_known"), "notices", NEW_KINDS)
    op.add_column("subsidies", sa.Column("agreed_on", sa.Date(), nullable=True))
    _promises()
    _orders()
    _lines()
    _refunds()
    op.execute("REVOKE DELETE ON orders, order_lines FROM fen_app")
    op.execute("REVOKE UPDATE, DELETE ON order_refunds, promised_subsidies FROM fen_app")
    op.execute("GRANT UPDATE (state) ON promised_subsidies TO fen_app")


def _promises() -> None:
    op.create_table(
        "promised_subsidies",
        sa.Column("county_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("funder_id", sa.Uuid(), nullable=False),
        sa.Column("household_id", sa.Uuid(), nullable=False),
        sa.Column("shop_id", sa.Uuid(), nullable=False),
        sa.Column("subsidy_fen", sa.BigInteger(), nullable=False),
        sa.Column("hold_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("agreed_on", sa.Date(), nullable=False),
        *_checks(
            "promised_subsidies",
            {
                "subsidy_positive": "subsidy_fen > 0",
                "state_is_known": "state IN ('open', 'kept', 'released')",
            },
        ),
        _refers("promised_subsidies", "campaign_id", "campaigns"),
        _refers("promised_subsidies", "funder_id", "funders"),
        _refers("promised_subsidies", "household_id", "households"),
        _refers("promised_subsidies", "shop_id", "shops"),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_promised_subsidies")),
        sa.UniqueConstraint(
            "county_id", "reference", name=op.f("uq_promised_subsidies_county_id_reference")
        ),
    )
    op.create_index(
        "ix_promised_subsidies_open",
        "promised_subsidies",
        ["county_id", "household_id", "agreed_on"],
        postgresql_where=sa.text("state = 'open'"),
    )


def _orders() -> None:
    op.create_table(
        "orders",
        sa.Column("county_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("household_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("shop_id", sa.Uuid(), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("way", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.Column("placed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancelled_by", sa.String(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("code_digest", sa.LargeBinary(), nullable=True),
        sa.Column("received_by", sa.Text(), nullable=True),
        *_checks("orders", ORDER_CHECKS),
        _refers("orders", "household_id", "households"),
        _refers("orders", "user_id", "users"),
        _refers("orders", "shop_id", "shops"),
        _refers("orders", "group_id", "regions"),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_orders")),
    )
    op.create_index("ix_orders_household", "orders", ["county_id", "household_id", "id"])
    op.create_index("ix_orders_shop", "orders", ["county_id", "shop_id", "id"])
    op.create_index(
        "ix_orders_due", "orders", ["due_at"], postgresql_where=sa.text("due_at IS NOT NULL")
    )


def _lines() -> None:
    numbers = ("count", "market_price_fen", "settlement_fen", "points", "subsidy_fen")
    op.create_table(
        "order_lines",
        sa.Column("county_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("replaces_id", sa.Uuid(), nullable=True),
        sa.Column("root_id", sa.Uuid(), nullable=False),
        sa.Column("offer_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        *(sa.Column(number, sa.BigInteger(), nullable=False) for number in numbers),
        sa.Column("campaign_name", sa.Text(), nullable=True),
        sa.Column("funder_name", sa.Text(), nullable=True),
        sa.Column("held_points", sa.BigInteger(), nullable=False),
        sa.Column("promised_fen", sa.BigInteger(), nullable=False),
        sa.Column("refunded_count", sa.BigInteger(), nullable=False),
        sa.Column("answer_until", sa.DateTime(timezone=True), nullable=True),
        *_checks("order_lines", LINE_CHECKS),
        sa.ForeignKeyConstraint(
            ["county_id", "order_id"],
            ["orders.county_id", "orders.id"],
            name="fk_order_lines_order",
        ),
        sa.ForeignKeyConstraint(
            ["county_id", "replaces_id"],
            ["order_lines.county_id", "order_lines.id"],
            name="fk_order_lines_replaces",
        ),
        _refers("order_lines", "offer_id", "offers"),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_order_lines")),
    )
    op.create_index("ix_order_lines_order", "order_lines", ["county_id", "order_id", "id"])
    op.create_index(
        "uq_order_lines_offered",
        "order_lines",
        ["county_id", "replaces_id"],
        unique=True,
        postgresql_where=sa.text("state = 'offered'"),
    )
    op.create_index(
        "ix_order_lines_answer_until",
        "order_lines",
        ["answer_until"],
        postgresql_where=sa.text("answer_until IS NOT NULL"),
    )


def _refunds() -> None:
    op.create_table(
        "order_refunds",
        sa.Column("county_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("line_id", sa.Uuid(), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.Column("subsidy_fen", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("refunded_by", sa.Uuid(), nullable=False),
        sa.Column("refunded_at", sa.DateTime(timezone=True), nullable=False),
        *_checks(
            "order_refunds",
            {
                "count_positive": "count > 0",
                "amounts_not_negative": "points >= 0 AND subsidy_fen >= 0",
            },
        ),
        sa.ForeignKeyConstraint(
            ["county_id", "line_id"],
            ["order_lines.county_id", "order_lines.id"],
            name="fk_order_refunds_line",
        ),
        _refers("order_refunds", "refunded_by", "users"),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_order_refunds")),
    )
    op.create_index("ix_order_refunds_line", "order_refunds", ["county_id", "line_id", "id"])


def _checks(table: str, rules: Mapping[str, str]) -> list[sa.CheckConstraint]:
    return [
        sa.CheckConstraint(rule, name=op.f(f"ck_{table}_{name}")) for name, rule in rules.items()
    ]


def _refers(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}"))


def downgrade() -> None:
    for table in ("order_refunds", "order_lines", "orders", "promised_subsidies"):
        op.drop_table(table)
    op.drop_column("subsidies", "agreed_on")
    op.execute("DELETE FROM notices WHERE kind LIKE 'order\\_%' OR kind = 'substitute_offered'")
    op.drop_constraint(op.f("ck_notices_kind_is_known"), "notices")
    op.create_check_constraint(op.f("ck_notices_kind_is_known"), "notices", OLD_KINDS)
    for name, (_, rule, _) in SETTINGS.items():
        op.drop_constraint(op.f(f"ck_counties_{name}_{rule}"), "counties")
        op.drop_column("counties", name)
    op.execute("DELETE FROM ledger.flows WHERE kind IN ('order', 'order_refund')")
