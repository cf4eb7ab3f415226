"""What must hold between closed periods and their awards."""

QUESTIONS = {
    "a_score_is_what_its_items_have_left": """
        SELECT s.county_id, 'score ' || s.id, s.score || ', and its items say otherwise'
          FROM scores s
          JOIN policies p ON p.county_id = s.county_id AND p.version = s.policy_version
          CROSS JOIN LATERAL (
              SELECT sum((i.value ->> 'left')::bigint) AS rest,
                     bool_and((i.value ->> 'left')::bigint = greatest(0,
                         (p.rules ->> ('score.' || i.key))::bigint
                         - (p.rules ->> 'score.loss')::bigint * (i.value ->> 'findings')::bigint
                     )) AS holds
                FROM jsonb_each(s.items) i) item
         WHERE s.score IS DISTINCT FROM item.rest OR item.holds IS NOT TRUE
    """,
    "a_score_has_its_award": """
        SELECT coalesce(s.county_id, a.county_id),
               coalesce('score ' || s.id, 'award ' || a.id),
               CASE WHEN s.id IS NULL THEN 'its score is missing'
                    WHEN a.id IS NULL THEN 'its award is missing'
                    ELSE 'its award says otherwise' END
          FROM scores s
          FULL JOIN (SELECT * FROM awards WHERE evidence_kind = 'score') a
                 ON a.county_id = s.county_id AND a.evidence_id = s.id
         WHERE (s.household_id, s.last_day, s.score, s.policy_version)
               IS DISTINCT FROM (a.household_id, a.day, a.quantity, a.policy_version)
    """,
}
