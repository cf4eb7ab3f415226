"""What must hold between places and their awards."""

QUESTIONS = {
    "a_place_has_its_award": """
        WITH won AS (
            SELECT p.county_id, p.id, p.household_id, b.last_day, b.policy_version, b.span
              FROM places p
              LEFT JOIN boards b ON b.county_id = p.county_id AND b.id = p.board_id
        )
        SELECT coalesce(w.county_id, a.county_id),
               coalesce('place ' || w.id, 'award ' || a.id),
               CASE WHEN w.id IS NULL THEN 'its place is missing'
                    WHEN a.id IS NULL THEN 'its award is missing'
                    ELSE 'its award says otherwise' END
          FROM won w
          FULL JOIN (SELECT * FROM awards WHERE evidence_kind = 'place') a
                 ON a.county_id = w.county_id AND a.evidence_id = w.id
         WHERE (w.household_id, w.last_day, w.policy_version)
               IS DISTINCT FROM (a.household_id, a.day, a.policy_version)
            OR NOT starts_with(a.rule, 'rank.' || w.span)
    """,
}
