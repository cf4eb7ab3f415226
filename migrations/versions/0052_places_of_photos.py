"""Places that photos told are kept as everything else is, in GCJ-02.

Until now they were WGS-84, as cameras write them, and lay some 480 metres from where the map shows
the same door. Each is moved by the shift at its place, to a thousandth of a degree, as it was kept;
how many were moved stands in the log of the migration.
"""

import logging

import sqlalchemy as sa
from alembic import op

revision = "0052"
down_revision = "0051"
branch_labels = None
depends_on = None

# The one-way shift of China's maps, as app.kernel.geo has it.
SHIFT = """
CREATE FUNCTION pg_temp.gcj02_shift(lat float8, lon float8, OUT north float8, OUT east float8)
LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    x float8 := lon - 105;
    y float8 := lat - 35;
    waves float8 := (20 * sin(6 * x * pi()) + 20 * sin(2 * x * pi())) * 2 / 3;
    magic float8 := 1 - 0.00669342162296594323 * sin(radians(lat)) ^ 2;
BEGIN
    north := 0;
    east := 0;
    IF lat NOT BETWEEN 0.8293 AND 55.8271 OR lon NOT BETWEEN 72.004 AND 137.8347 THEN
        RETURN;
    END IF;
    north := -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * sqrt(abs(x)) + waves
        + (20 * sin(y * pi()) + 40 * sin(y / 3 * pi())) * 2 / 3
        + (160 * sin(y / 12 * pi()) + 320 * sin(y * pi() / 30)) * 2 / 3;
    east := 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * sqrt(abs(x)) + waves
        + (20 * sin(x * pi()) + 40 * sin(x / 3 * pi())) * 2 / 3
        + (150 * sin(x / 12 * pi()) + 300 * sin(x / 30 * pi())) * 2 / 3;
    north := north * 180
        / (6378245.0 * (1 - 0.00669342162296594323) / (magic * sqrt(magic)) * pi());
    east := east * 180 / (6378245.0 / sqrt(magic) * cos(radians(lat)) * pi());
END $$
"""
MOVE = """
UPDATE photo_measures m
   SET latitude = round(CAST(m.latitude + {sign} * s.north AS numeric), 3),
       longitude = round(CAST(m.longitude + {sign} * s.east AS numeric), 3)
  FROM photo_measures of, pg_temp.gcj02_shift(
       CAST(of.latitude AS float8), CAST(of.longitude AS float8)) s
 WHERE of.county_id = m.county_id AND of.photo_id = m.photo_id AND of.latitude IS NOT NULL
"""
log = logging.getLogger("alembic.runtime.migration")


def upgrade() -> None:
    log.info("%d places of photos were WGS-84 and are GCJ-02 now", _moved(1))


def downgrade() -> None:
    log.info("%d places of photos are WGS-84 again, to some 100 metres", _moved(-1))


def _moved(sign: int) -> int:
    op.execute(SHIFT)
    return op.get_bind().execute(sa.text(MOVE.format(sign=sign))).rowcount
