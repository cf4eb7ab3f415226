"""The life of a household: its states, where it lived, who lived in it, and what changed it."""

from pathlib import Path

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0054"
down_revision = "0053"
branch_labels = None
depends_on = None

SQL = Path(__file__).with_suffix(".sql")
BLOCKS = {"cards": "block_reason", "card_steps": "reason"}

# Whoever writes a household or a member, its first place and stay are there.
BEGINS = """
    CREATE FUNCTION public.begin_at_a_place() RETURNS trigger
    LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
    BEGIN
        INSERT INTO household_places (household_id, from_on, village_id, group_id)
        SELECT id, (created_at AT TIME ZONE 'Asia/Shanghai')::date, village_id, group_id
          FROM entered;
        RETURN NULL;
    END $$;
    CREATE FUNCTION public.begin_to_stay() RETURNS trigger
    LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
    BEGIN
        INSERT INTO member_stays (id, member_id, household_id, from_on)
        SELECT id, id, household_id, (created_at AT TIME ZONE 'Asia/Shanghai')::date
          FROM entered;
        RETURN NULL;
    END $$;
    CREATE TRIGGER begins_at_a_place AFTER INSERT ON households
        REFERENCING NEW TABLE AS entered
        FOR EACH STATEMENT EXECUTE FUNCTION begin_at_a_place();
    CREATE TRIGGER begins_to_stay AFTER INSERT ON members
        REFERENCING NEW TABLE AS entered
        FOR EACH STATEMENT EXECUTE FUNCTION begin_to_stay();
"""
# At the commit: a dry run, which is taken back, has nobody who agreed.
BY_TWO = """
    CREATE FUNCTION public.refuse_change_by_one() RETURNS trigger
    LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
    BEGIN
        IF new.kind IN ('split', 'merge') AND new.agreed_by IS NULL THEN
            RAISE EXCEPTION 'points change hands by two people'
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN NULL;
    END $$;
    CREATE CONSTRAINT TRIGGER points_move_by_two AFTER INSERT ON household_changes
        DEFERRABLE INITIALLY DEFERRED
        FOR EACH ROW EXECUTE FUNCTION refuse_change_by_one();
"""
FILL = """
    INSERT INTO household_places (household_id, from_on, village_id, group_id)
    SELECT id, (created_at AT TIME ZONE 'Asia/Shanghai')::date, village_id, group_id
      FROM households;
    INSERT INTO member_stays (id, member_id, household_id, from_on)
    SELECT id, id, household_id, (created_at AT TIME ZONE 'Asia/Shanghai')::date FROM members;
"""


def upgrade() -> None:
    _states()
    _places_and_stays()
    _changes()
    _points()
    for table, column in BLOCKS.items():
        _may_block(table, column, "'lost', 'wrong_pins', 'household_changed'")
    # Past SQLAlchemy, which would take the file's percent signs for parameters.
    op.get_bind().connection.driver_connection.execute(SQL.read_text(encoding="utf-8"))


def _states() -> None:
    op.add_column(
        "households", sa.Column("state", sa.String(), server_default="living", nullable=False)
    )
    op.add_column("households", sa.Column("closed_on", sa.Date(), nullable=True))
    op.add_column("households", sa.Column("successor_id", sa.Uuid(), nullable=True))
    op.add_column("households", sa.Column("cap_root_id", sa.Uuid(), nullable=True))
    for column in ("successor_id", "cap_root_id"):
        op.create_foreign_key(
            op.f(f"fk_households_{column}_households"), "households", "households", [column], ["id"]
        )
    op.create_index("ix_households_successor_id", "households", ["successor_id"])
    op.create_index("ix_households_cap_root_id", "households", ["cap_root_id"])
    op.drop_constraint(op.f("ck_households_member_count_positive"), "households")
    for name, text in {
        "state_is_known": "state IN ('living', 'away', 'estate', 'closed')",
        "people_live_there": "member_count > 0 OR state IN ('estate', 'closed')",
        "closed_since": "(state = 'closed') = (closed_on IS NOT NULL)",
        "a_closed_one_has_a_successor": "successor_id IS NULL OR state = 'closed'",
        "not_its_own_successor": "successor_id <> id",
    }.items():
        op.create_check_constraint(op.f(f"ck_households_{name}"), "households", text)
    op.execute(
        "GRANT UPDATE (village_id, state, closed_on, successor_id, cap_root_id)"
        " ON households TO fen_app"
    )


def _places_and_stays() -> None:
    op.create_table(
        "household_places",
        sa.Column("household_id", sa.Uuid(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("village_id", sa.Uuid(), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["household_id"],
            ["households.id"],
            name=op.f("fk_household_places_household_id_households"),
        ),
        sa.ForeignKeyConstraint(
            ["village_id"], ["regions.id"], name=op.f("fk_household_places_village_id_regions")
        ),
        sa.ForeignKeyConstraint(
            ["group_id"], ["regions.id"], name=op.f("fk_household_places_group_id_regions")
        ),
        sa.PrimaryKeyConstraint("household_id", "from_on", name=op.f("pk_household_places")),
    )
    op.create_index("ix_household_places_group_id", "household_places", ["group_id"])
    op.create_table(
        "member_stays",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("household_id", sa.Uuid(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.CheckConstraint("until_on >= from_on", name=op.f("ck_member_stays_days_in_order")),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name=op.f("fk_member_stays_member_id_members")
        ),
        sa.ForeignKeyConstraint(
            ["household_id"],
            ["households.id"],
            name=op.f("fk_member_stays_household_id_households"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_member_stays")),
    )
    op.create_index(
        "uq_member_stays_open",
        "member_stays",
        ["member_id"],
        unique=True,
        postgresql_where=sa.text("until_on IS NULL"),
    )
    op.create_index("ix_member_stays_member_id", "member_stays", ["member_id"])
    op.create_index("ix_member_stays_household_id", "member_stays", ["household_id"])
    op.add_column("members", sa.Column("left_on", sa.Date(), nullable=True))
    op.add_column("members", sa.Column("died_on", sa.Date(), nullable=True))
    op.execute(FILL)
    op.execute(BEGINS)
    op.execute("GRANT INSERT ON household_places, member_stays TO fen_app")
    op.execute("GRANT UPDATE (until_on) ON member_stays TO fen_app")
    op.execute("GRANT UPDATE (household_id, left_on, died_on) ON members TO fen_app")


def _changes() -> None:
    op.create_table(
        "household_changes",
        sa.Column("county_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("household_id", sa.Uuid(), nullable=False),
        sa.Column("other_id", sa.Uuid(), nullable=True),
        sa.Column("proposal_id", sa.Uuid(), nullable=True),
        sa.Column("undoes_id", sa.Uuid(), nullable=True),
        sa.Column("facts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("document", sa.String(), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("agreed_by", sa.Uuid(), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("agreed_by <> asked_by", name=op.f("ck_household_changes_by_two")),
        sa.CheckConstraint(
            "other_id <> household_id", name=op.f("ck_household_changes_two_households")
        ),
        sa.ForeignKeyConstraint(
            ["household_id"],
            ["households.id"],
            name=op.f("fk_household_changes_household_id_households"),
        ),
        sa.ForeignKeyConstraint(
            ["other_id"], ["households.id"], name=op.f("fk_household_changes_other_id_households")
        ),
        sa.ForeignKeyConstraint(
            ["county_id", "proposal_id"],
            ["proposals.county_id", "proposals.id"],
            name="fk_household_changes_proposal",
        ),
        sa.ForeignKeyConstraint(
            ["county_id", "undoes_id"],
            ["household_changes.county_id", "household_changes.id"],
            name="fk_household_changes_undoes",
        ),
        sa.ForeignKeyConstraint(
            ["asked_by"], ["users.id"], name=op.f("fk_household_changes_asked_by_users")
        ),
        sa.ForeignKeyConstraint(
            ["agreed_by"], ["users.id"], name=op.f("fk_household_changes_agreed_by_users")
        ),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_household_changes")),
        sa.UniqueConstraint(
            "county_id", "proposal_id", name=op.f("uq_household_changes_county_id_proposal_id")
        ),
        sa.UniqueConstraint(
            "county_id", "undoes_id", name=op.f("uq_household_changes_county_id_undoes_id")
        ),
    )
    for column in ("household_id", "other_id"):
        op.create_index(
            f"ix_household_changes_{column}", "household_changes", ["county_id", column, "id"]
        )
    op.execute(BY_TWO)
    op.execute("GRANT INSERT ON household_changes TO fen_app")


def _points() -> None:
    op.create_table(
        "change_points",
        sa.Column("county_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("change_id", sa.Uuid(), nullable=False),
        sa.Column("ordinal", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("from_id", sa.Uuid(), nullable=False),
        sa.Column("to_id", sa.Uuid(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.Column("transfer_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("points > 0", name=op.f("ck_change_points_points_positive")),
        sa.ForeignKeyConstraint(
            ["county_id", "change_id"],
            ["household_changes.county_id", "household_changes.id"],
            name="fk_change_points_change",
        ),
        sa.ForeignKeyConstraint(
            ["from_id"], ["households.id"], name=op.f("fk_change_points_from_id_households")
        ),
        sa.ForeignKeyConstraint(
            ["to_id"], ["households.id"], name=op.f("fk_change_points_to_id_households")
        ),
        sa.PrimaryKeyConstraint("county_id", "change_id", "ordinal", name=op.f("pk_change_points")),
        sa.UniqueConstraint(
            "county_id", "transfer_id", name=op.f("uq_change_points_county_id_transfer_id")
        ),
    )
    op.create_table(
        "debt_moves",
        sa.Column("county_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("debt_id", sa.Uuid(), nullable=False),
        sa.Column("from_id", sa.Uuid(), nullable=False),
        sa.Column("to_id", sa.Uuid(), nullable=False),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.Column("change_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("points > 0", name=op.f("ck_debt_moves_points_positive")),
        sa.CheckConstraint("from_id <> to_id", name=op.f("ck_debt_moves_two_households")),
        sa.ForeignKeyConstraint(
            ["county_id", "debt_id"], ["debts.county_id", "debts.id"], name="fk_debt_moves_debt"
        ),
        sa.ForeignKeyConstraint(
            ["county_id", "change_id"],
            ["household_changes.county_id", "household_changes.id"],
            name="fk_debt_moves_change",
        ),
        sa.ForeignKeyConstraint(
            ["from_id"], ["households.id"], name=op.f("fk_debt_moves_from_id_households")
        ),
        sa.ForeignKeyConstraint(
            ["to_id"], ["households.id"], name=op.f("fk_debt_moves_to_id_households")
        ),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_debt_moves")),
    )
    op.create_index("ix_debt_moves_debt", "debt_moves", ["county_id", "debt_id"])
    op.create_index("ix_debt_moves_to", "debt_moves", ["county_id", "to_id"])
    op.execute("GRANT INSERT ON change_points, debt_moves TO fen_app")


def _may_block(table: str, column: str, reasons: str) -> None:
    name = op.f(f"ck_{table}_{column}_is_known")
    op.drop_constraint(name, table)
    op.create_check_constraint(name, table, f"{column} IN ({reasons})")


def downgrade() -> None:
    op.execute("DROP FUNCTION ledger.carry")
    op.execute("DROP TYPE ledger.carried")
    op.execute("DELETE FROM ledger.flows WHERE kind = 'carry'")
    op.execute(
        """
        CREATE OR REPLACE FUNCTION ledger.refuse_unlisted_flow(
            p_kind text, p_debit text, p_credit text
        ) RETURNS void LANGUAGE plpgsql SET search_path = ledger, pg_temp AS $$
BEGIN
    PERFORM 1 FROM flows WHERE kind = p_kind AND debit = p_debit AND credit = p_credit;
    IF NOT FOUND THEN
        RAISE EXCEPTION '% may not move from % to %', p_kind, p_debit, p_credit
            USING ERRCODE = 'LG005';
    END IF;
END $$
        """
    )
    for table, column in BLOCKS.items():
        op.execute(f"UPDATE {table} SET {column} = 'lost' WHERE {column} = 'household_changed'")  # noqa: S608
        _may_block(table, column, "'lost', 'wrong_pins'")
    for table in ("debt_moves", "change_points", "household_changes"):
        op.drop_table(table)
    op.execute("DROP FUNCTION refuse_change_by_one")
    op.execute("REVOKE UPDATE (household_id, left_on, died_on) ON members FROM fen_app")
    op.execute("DROP FUNCTION begin_to_stay, begin_at_a_place CASCADE")
    op.drop_table("member_stays")
    op.drop_table("household_places")
    op.drop_column("members", "died_on")
    op.drop_column("members", "left_on")
    op.execute("REVOKE UPDATE (village_id) ON households FROM fen_app")
    for name in (
        "state_is_known",
        "people_live_there",
        "closed_since",
        "a_closed_one_has_a_successor",
        "not_its_own_successor",
    ):
        op.drop_constraint(op.f(f"ck_households_{name}"), "households")
    for column in ("cap_root_id", "successor_id", "closed_on", "state"):
        op.drop_column("households", column)
    op.execute("UPDATE households SET member_count = 1 WHERE member_count = 0")
    op.create_check_constraint(
        op.f("ck_households_member_count_positive"), "households", "member_count > 0"
    )
