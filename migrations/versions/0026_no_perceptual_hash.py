"""A decoded photo is known by its brightness: nobody compares its perceptual hash any more.

The column stays for the release before, which writes it and whose decoded photos have both.
"""

from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _measured_by("brightness")


def downgrade() -> None:
    op.execute(
        "UPDATE photos SET perceptual_hash = 0 "
        "WHERE brightness IS NOT NULL AND perceptual_hash IS NULL"
    )
    _measured_by("perceptual_hash")


def _measured_by(column: str) -> None:
    name = op.f("ck_photos_decoded_was_measured")
    op.drop_constraint(name, "photos")
    op.create_check_constraint(
        name,
        "photos",
        "(state IN ('checking', 'ready') OR fault IS NOT DISTINCT FROM 'content_refused')"
        f" = ({column} IS NOT NULL)",
    )
