"""A flag on shops where household after household uses up the subsidy of its day."""

from alembic import op

revision = "0062"
down_revision = "0061"
branch_labels = None
depends_on = None

BEFORE = "'no_photos', 'same_minute', 'under_limit', 'own_household', 'many_voids'"


def upgrade() -> None:
    _reasons(f"{BEFORE}, 'full_subsidy'")


def downgrade() -> None:
    op.execute("DELETE FROM risk_flags WHERE reason = 'full_subsidy'")
    _reasons(BEFORE)


def _reasons(known: str) -> None:
    name = op.f("ck_risk_flags_reason_is_known")
    op.drop_constraint(name, "risk_flags")
    op.create_check_constraint(name, "risk_flags", f"reason IN ({known})")
