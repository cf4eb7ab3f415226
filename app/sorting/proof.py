"""What must hold between awards and the self-checks they rest on."""

QUESTIONS = {
    "an_award_rests_on_an_approved_self_check": """
        SELECT a.county_id, 'award ' || a.id, 'no approved self-check of the household'
          FROM awards a
         WHERE a.evidence_kind = 'self_check'
           AND NOT EXISTS (SELECT FROM self_checks s
                            WHERE s.county_id = a.county_id AND s.id = a.evidence_id
                              AND s.household_id = a.household_id AND s.state = 'approved')
    """,
}
