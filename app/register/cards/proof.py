"""What must hold of cards and their steps."""

QUESTIONS = {
    "a_household_has_one_card": """
        SELECT county_id, 'household ' || household_id, 'it has several cards'
          FROM cards WHERE state <> 'ended'
         GROUP BY 1, 2, household_id
        HAVING count(*) > 1
    """,
    "a_card_stands_where_its_steps_lead": """
        SELECT c.county_id, 'card ' || c.id, 'its last step leads elsewhere'
          FROM cards c
          LEFT JOIN LATERAL (
                   SELECT s.ordinal, s.state, s.reason FROM card_steps s
                    WHERE s.county_id = c.county_id AND s.card_id = c.id
                    ORDER BY s.ordinal DESC LIMIT 1) l ON true
         WHERE (c.step, c.state, c.block_reason) IS DISTINCT FROM (l.ordinal, l.state, l.reason)
    """,
}
