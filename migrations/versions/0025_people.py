"""People, whom members and users are; filled from the roster and from who is bound to it."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "people",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("county_id", sa.BigInteger(), nullable=False),
        sa.Column("id_number_index", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["county_id"], ["counties.id"], name=op.f("fk_people_county_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people")),
        sa.UniqueConstraint(
            "county_id", "id_number_index", name=op.f("uq_people_county_id_id_number_index")
        ),
    )
    op.execute("REVOKE UPDATE, DELETE ON people FROM fen_app")
    for table in ("members", "users"):
        op.add_column(table, sa.Column("person_id", sa.Uuid(), nullable=True))
    op.execute(
        "INSERT INTO people (id, county_id, id_number_index, created_at) "
        "SELECT gen_random_uuid(), county_id, id_number_index, created_at FROM members "
        "WHERE id_number_index IS NOT NULL"
    )
    op.execute(
        "UPDATE members m SET person_id = p.id FROM people p "
        "WHERE p.county_id = m.county_id AND p.id_number_index = m.id_number_index"
    )
    # Whoever was bound several times is the one whom the last binding names.
    op.execute(
        "UPDATE users u SET person_id = last.person_id FROM ("
        "SELECT DISTINCT ON (b.user_id) b.user_id, m.person_id "
        "FROM bindings b JOIN members m ON m.id = b.member_id "
        "WHERE m.person_id IS NOT NULL ORDER BY b.user_id, b.bound_at DESC, b.id DESC"
        ") last WHERE last.user_id = u.id"
    )
    for table in ("members", "users"):
        op.create_foreign_key(op.f(f"fk_{table}_person_id"), table, "people", ["person_id"], ["id"])
    op.create_index(op.f("ix_members_person_id"), "members", ["person_id"])


def downgrade() -> None:
    op.drop_index(op.f("ix_members_person_id"), "members")
    for table in ("users", "members"):
        op.drop_constraint(op.f(f"fk_{table}_person_id"), table, type_="foreignkey")
        op.drop_column(table, "person_id")
    op.drop_table("people")
