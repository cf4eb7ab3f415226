"""What was collected, by village, day and stream: counted when somebody asks."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import text

from app.kernel import clock
from app.kernel.db import db
from app.register.assets.streams import Stream

# What came straight from households and bins; what differs counts as not weighed until settled.
_COUNTS = text("""
    SELECT h.village_id, v.name AS village,
           (h.at AT TIME ZONE 'Asia/Shanghai')::date AS day, h.stream,
           count(*) AS collections,
           count(*) FILTER (WHERE h.grams IS NULL) AS unweighed,
           coalesce(sum(h.grams) FILTER (WHERE h.how <> 'reckoned'), 0)::bigint AS weighed_grams,
           coalesce(sum(h.grams) FILTER (WHERE h.how = 'reckoned'), 0)::bigint AS reckoned_grams
      FROM handovers h JOIN regions v ON v.id = h.village_id
     WHERE h.county_id = :county_id AND v.path && CAST(:places AS uuid[])
       AND h.at >= :begins AND h.at < :ends
       AND h.leg = 'collection' AND h.state <> 'void'
     GROUP BY h.village_id, v.name, 3, h.stream
     ORDER BY 3, v.name, h.village_id, h.stream
""")


@dataclass(frozen=True)
class DayOfWaste:
    """What was collected of one stream in a village on a day."""

    village_id: UUID
    village: str
    day: date
    stream: Stream
    collections: int
    unweighed: int  # of them
    weighed_grams: int  # weighed, counted or typed
    reckoned_grams: int  # from how full it was; never added to the others


def counts(
    county_id: int, places: Collection[UUID], *, from_on: date, to_on: date
) -> list[DayOfWaste]:
    """The days from the first to the last, both included, of the villages in the places."""
    asked = {
        "county_id": county_id,
        "places": list(places),
        "begins": clock.day_start(from_on),
        "ends": clock.day_end(to_on),
    }
    return [
        DayOfWaste(**row | {"stream": Stream(row["stream"])})
        for row in (dict(found) for found in db.session.execute(_COUNTS, asked).mappings())
    ]
