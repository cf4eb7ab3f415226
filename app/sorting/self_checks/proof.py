"""What must hold between self-checks, their reviews, appeals and awards."""

QUESTIONS = {
    "an_award_rests_on_an_approved_self_check": """
        SELECT a.county_id, 'award ' || a.id, 'no approved self-check of the household'
          FROM awards a
         WHERE a.evidence_kind = 'self_check'
           AND NOT EXISTS (
               SELECT FROM self_checks s
                WHERE s.county_id = a.county_id AND s.id = a.evidence_id
                  AND s.household_id = a.household_id
                  AND (s.state = 'approved'
                       OR (s.state = 'rejected' AND (a.points = 0 OR a.reversed_at IS NOT NULL)
                           AND EXISTS (SELECT FROM reviews r
                                        WHERE r.county_id = s.county_id
                                          AND r.self_check_id = s.id AND r.round = 'third'
                                          AND r.verdict = 'reject'))))
    """,
    "a_self_check_stands_as_it_was_judged_last": """
        SELECT s.county_id, 'self_check ' || s.id,
               'is ' || s.state || ', its deciding review says ' || coalesce(d.verdict, 'nothing')
          FROM self_checks s
          LEFT JOIN LATERAL (
               SELECT r.verdict, r.judged_by
                 FROM reviews r
                WHERE r.county_id = s.county_id AND r.self_check_id = s.id
                  AND r.round <> 'second' AND r.verdict IN ('approve', 'reject')
                ORDER BY array_position(ARRAY['appeal', 'third', 'first'], r.round::text)
                LIMIT 1) d ON true
         WHERE (d.verdict, d.judged_by)
               IS DISTINCT FROM (CASE WHEN s.state = 'approved' THEN 'approve'
                                      WHEN s.reviewed_by IS NOT NULL THEN 'reject' END,
                                 s.reviewed_by)
    """,
    "what_waits_for_a_verdict_is_queued": """
        SELECT s.county_id, 'self_check ' || s.id, 'is ' || s.state || ' and in no queue'
          FROM self_checks s
         WHERE s.state IN ('waiting', 'escalated')
           AND s.screened_at < now() - interval '1 hour'
           AND NOT EXISTS (
               SELECT FROM reviews r
                WHERE r.county_id = s.county_id AND r.self_check_id = s.id
                  AND r.judged_at IS NULL
                  AND r.round = CASE s.state WHEN 'waiting' THEN 'first' ELSE 'third' END)
    """,
    "nobody_judged_their_own_household": """
        SELECT r.county_id, 'review ' || r.id, 'its judge was of the household'
          FROM reviews r
          JOIN self_checks s ON s.county_id = r.county_id AND s.id = r.self_check_id
         WHERE s.user_id = r.judged_by
            OR EXISTS (SELECT FROM bindings b
                        WHERE b.household_id = s.household_id AND b.user_id = r.judged_by
                          AND b.bound_at <= r.judged_at)
    """,
    "a_later_opinion_is_somebody_elses": """
        SELECT county_id, 'self_check ' || self_check_id, judged_by || ' judged it twice'
          FROM reviews
         WHERE judged_by IS NOT NULL
         GROUP BY county_id, self_check_id, judged_by HAVING count(*) > 1
        UNION ALL
        SELECT r.county_id, 'review ' || r.id, 'follows no first review'
          FROM reviews r
         WHERE r.round IN ('second', 'third')
           AND NOT EXISTS (SELECT FROM reviews f
                            WHERE f.county_id = r.county_id
                              AND f.self_check_id = r.self_check_id
                              AND f.round = 'first' AND f.verdict IS NOT NULL)
    """,
    "two_who_differ_leave_it_to_another": """
        SELECT f.county_id, 'self_check ' || f.self_check_id, 'two differ, and nobody is asked'
          FROM reviews f
          JOIN reviews b ON b.county_id = f.county_id AND b.self_check_id = f.self_check_id
                        AND b.round = 'second'
         WHERE f.round = 'first' AND f.verdict <> b.verdict
           AND NOT EXISTS (SELECT FROM reviews t
                            WHERE t.county_id = f.county_id
                              AND t.self_check_id = f.self_check_id
                              AND t.round IN ('third', 'appeal'))
    """,
    "an_appeal_ended_as_its_review_says": """
        SELECT coalesce(p.county_id, r.county_id),
               'self_check ' || coalesce(p.self_check_id, r.self_check_id),
               'its appeal is ' || coalesce(p.state, 'missing') || ', its review says '
               || coalesce(r.verdict, 'nothing')
          FROM appeals p
          FULL JOIN (SELECT * FROM reviews WHERE round = 'appeal') r
            ON r.county_id = p.county_id AND r.self_check_id = p.self_check_id
         WHERE r.id IS NULL
            OR p.state IS DISTINCT FROM CASE r.verdict WHEN 'approve' THEN 'overturned'
                                                       WHEN 'reject' THEN 'stands'
                                                       ELSE 'waiting' END
    """,
    "an_overturned_appeal_has_its_award": """
        SELECT p.county_id, 'appeal ' || p.id, 'the household was awarded nothing for it'
          FROM appeals p
         WHERE p.state = 'overturned'
           AND NOT EXISTS (SELECT FROM awards a
                            WHERE a.county_id = p.county_id AND a.evidence_kind = 'self_check'
                              AND a.evidence_id = p.self_check_id
                              AND a.household_id = p.household_id)
    """,
}
