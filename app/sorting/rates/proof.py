"""What must hold between the counters and the raw rows they are counted from."""

from app.sorting.rates.counting import counted
from app.sorting.rates.models import COUNTERS

# The newest day but one that has counters, in each county: a sample that costs little every night.
# ``flask rates recount --check`` asks for all days. What is marked is still to be counted.
_SAMPLE = """
    SELECT h.county_id, h.id AS household_id,
           d.on_day::timestamp AT TIME ZONE 'Asia/Shanghai' AS begins,
           (d.on_day + 1)::timestamp AT TIME ZONE 'Asia/Shanghai' AS ends
      FROM (SELECT county_id, max(on_day) - 1 AS on_day FROM household_days GROUP BY county_id) d
      JOIN households h ON h.county_id = d.county_id
     WHERE NOT EXISTS (SELECT FROM household_day_marks m
                        WHERE m.county_id = d.county_id AND m.household_id = h.id
                          AND m.on_day = d.on_day)
"""
_THEN, _NOW = (
    ", ".join(f"coalesce({row}.{counter}, 0)" for counter in COUNTERS) for row in ("d", "c")
)

QUESTIONS = {
    "counters_are_a_recount_of_raw_rows": f"""
        WITH {counted(_SAMPLE)}
        SELECT s.county_id, 'household ' || s.household_id || ' on ' || day.on_day,
               'counters differ from its checks, self-checks and visits'
          FROM spans s
          CROSS JOIN LATERAL (SELECT (s.begins AT TIME ZONE 'Asia/Shanghai')::date AS on_day) day
          LEFT JOIN counted c ON c.household_id = s.household_id AND c.on_day = day.on_day
          LEFT JOIN household_days d ON d.county_id = s.county_id
           AND d.household_id = s.household_id AND d.on_day = day.on_day
         WHERE ({_THEN}) IS DISTINCT FROM ({_NOW})
    """,  # noqa: S608 - only constants
}
