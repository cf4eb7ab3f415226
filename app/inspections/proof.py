"""What must hold between awards and the checks at the door they rest on."""

QUESTIONS = {
    "an_award_rests_on_a_check_at_the_door": """
        SELECT a.county_id, 'award ' || a.id, 'no check of this household and grade'
          FROM awards a
          LEFT JOIN checks c ON c.county_id = a.county_id AND c.id = a.evidence_id
         WHERE a.evidence_kind = 'check'
           AND (c.id IS NULL
                OR (a.source = 'checked'
                    AND (c.household_id, 'checked.grade_' || c.grade)
                        IS DISTINCT FROM (a.household_id, a.rule)))
    """,
}
