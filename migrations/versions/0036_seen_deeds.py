"""Auditors tick deeds of value and power; what is older than the list is ticked by nobody."""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

TICKED = [
    "awards.approve_draft",
    "campaigns.approved",
    "campaigns.enter_funder",
    "campaigns.funding_approved",
    "campaigns.stop",
    "cards.set_settings",
    "deposits.approved",
    "households.end_relation",
    "households.import_roster",
    "identity.block_user",
    "identity.grant_role",
    "identity.identify",
    "identity.revoke_role",
    "identity.unblock_user",
    "inspections.set_settings",
    "merchants.change_payee",
    "merchants.decide_application",
    "merchants.register",
    "merchants.set_kind",
    "merchants.set_state",
    "merchants.verify_payee",
    "orders.set_settings",
    "photos.set_settings",
    "proposals.approve",
    "proposals.done",
    "proposals.fail",
    "proposals.propose",
    "proposals.stop",
    "rates.set_settings",
    "redemption.set_settings",
    "regions.add",
    "regions.create_county",
    "reversals.confirm",
    "reviews.set_settings",
    "risk.judge",
    "rounds.set_settings",
    "sales.add_recycler",
    "sales.set_settings",
    "sales.void",
    "settlement.allotment_approved",
    "settlement.approve_decision",
    "settlement.close_day",
    "settlement.confirm_refusal",
    "settlement.confirm_statement",
    "settlement.enter_account",
    "settlement.export_batch",
    "settlement.import_results",
    "settlement.import_statement",
    "settlement.propose_account",
    "settlement.release",
    "settlement.set_settings",
    "trust.refused",
    "trust.set_settings",
    "vouchers.change_kind",
    "vouchers.confirm",
    "vouchers.enter_kind",
    "vouchers.enter_platform",
    "vouchers.import_batch",
    "vouchers.withdraw_kind",
]


def upgrade() -> None:
    op.create_table(
        "seen_deeds",
        sa.Column("county_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("seen_by", sa.Uuid(), nullable=True),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "length(note) BETWEEN 2 AND 200", name=op.f("ck_seen_deeds_note_says_something")
        ),
        sa.ForeignKeyConstraint(
            ["county_id", "event_id"],
            ["audit_events.county_id", "audit_events.id"],
            name="fk_seen_deeds_event",
        ),
        sa.ForeignKeyConstraint(["seen_by"], ["users.id"], name=op.f("fk_seen_deeds_seen_by")),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_seen_deeds")),
        sa.UniqueConstraint("county_id", "event_id", name=op.f("uq_seen_deeds_county_id_event_id")),
    )
    op.execute("GRANT INSERT ON seen_deeds TO fen_app")
    # The list reads few actions out of a long trace.
    op.create_index("ix_audit_events_action", "audit_events", ["county_id", "action", "id"])
    before = sa.text(
        "INSERT INTO seen_deeds (county_id, id, event_id, seen_at, note) "
        "SELECT county_id, gen_random_uuid(), id, now(), '清单启用以前的事' "
        "FROM audit_events WHERE action = ANY(:actions)"
    )
    op.get_bind().execute(before, {"actions": TICKED})


def downgrade() -> None:
    op.drop_index("ix_audit_events_action", "audit_events")
    op.drop_table("seen_deeds")
