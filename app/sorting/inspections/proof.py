"""What must hold between checks, their photos, their conflicts and the awards they earn."""

QUESTIONS = {
    "an_award_rests_on_a_check": """
        SELECT a.county_id, 'award ' || a.id, 'no check of this household and grade'
          FROM awards a
          LEFT JOIN checks c ON c.county_id = a.county_id AND c.id = a.evidence_id
         WHERE a.evidence_kind = 'check'
           AND (c.id IS NULL
                OR (a.source = 'checked'
                    AND (c.household_id, 'checked.grade_' || c.grade)
                        IS DISTINCT FROM (a.household_id, a.rule))
                OR (a.source = 'inspection' AND c.setting <> 'door'))
    """,
    "a_check_earns_when_it_counts": """
        SELECT c.county_id, 'check ' || c.id,
               CASE c.state WHEN 'counted' THEN 'counts, and nothing was decided'
                            ELSE 'is in doubt, and has an award' END
          FROM checks c
          LEFT JOIN awards a ON a.county_id = c.county_id AND a.evidence_id = c.id
                            AND a.source = 'checked'
          LEFT JOIN check_conflicts x ON x.county_id = c.county_id AND x.check_id = c.id
         WHERE (c.state = 'counted' AND c.grade IS NOT NULL AND a.id IS NULL)
            OR (c.state <> 'counted' AND x.id IS NOT NULL AND a.id IS NOT NULL
                AND (x.outcome IS NULL OR x.outcome IN ('keep_first', 'set_aside')))
    """,
    "a_check_in_doubt_has_its_conflict": """
        SELECT c.county_id, 'check ' || c.id, 'is ' || c.state || ', and its conflict says '
               || coalesce(x.outcome, CASE WHEN x.id IS NULL THEN 'nothing' ELSE 'open' END)
          FROM checks c
          LEFT JOIN check_conflicts x ON x.county_id = c.county_id AND x.check_id = c.id
         WHERE (c.state = 'held') IS DISTINCT FROM (x.id IS NOT NULL AND x.outcome IS NULL)
            OR (c.state = 'counted') AND x.outcome IN ('keep_first', 'set_aside')
            OR (c.state = 'set_aside')
               AND coalesce(x.outcome NOT IN ('keep_first', 'set_aside'), true)
               AND NOT EXISTS (SELECT FROM check_conflicts o
                                WHERE o.county_id = c.county_id AND o.first_check_id = c.id
                                  AND o.outcome = 'keep_later')
    """,
    "a_photo_of_a_check_shows_its_household": """
        SELECT c.county_id, 'check ' || c.id, 'a photo is of another household or another person'
          FROM checks c
          LEFT JOIN check_photos m ON m.county_id = c.county_id AND m.check_id = c.id
          JOIN photos p ON p.county_id = c.county_id AND p.id IN (c.photo_id, m.photo_id)
         WHERE (p.household_id, p.uploaded_by) IS DISTINCT FROM (c.household_id, c.checked_by)
    """,
    "nobody_checks_their_own_household": """
        SELECT c.county_id, 'check ' || c.id, 'was made by a member of the household'
          FROM checks c
         WHERE EXISTS (SELECT FROM members m
                        WHERE m.id = c.liaison_id AND m.household_id = c.household_id)
            OR EXISTS (SELECT FROM bindings b
                        WHERE b.user_id = c.checked_by AND b.household_id = c.household_id
                          AND b.bound_at <= c.received_at
                          AND (b.ended_at IS NULL OR b.ended_at > c.received_at))
    """,
    "a_conflict_is_about_its_household": """
        SELECT x.county_id, 'conflict ' || x.id,
               CASE WHEN x.resolved_by IN (c.checked_by, f.checked_by)
                    THEN 'was decided by one who checked' ELSE 'a check is of another household' END
          FROM check_conflicts x
          JOIN checks c ON c.county_id = x.county_id AND c.id = x.check_id
          LEFT JOIN checks f ON f.county_id = x.county_id AND f.id = x.first_check_id
         WHERE c.household_id <> x.household_id OR f.household_id <> x.household_id
            OR x.resolved_by IN (c.checked_by, f.checked_by)
    """,
}
