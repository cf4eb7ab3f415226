"""What must hold between a county's settings and the proposals that they came by."""

QUESTIONS = {
    # Those without a proposal are of before it was asked, or the command line made them stricter:
    # after the first that was agreed to, nobody's name stands at them, and the trace knows them.
    "a_setting_was_agreed_to": """
        SELECT s.county_id, 'settings ' || s.name || ' version ' || s.version,
               'nobody agreed to it'
          FROM county_settings s
          LEFT JOIN proposals p ON p.county_id = s.county_id AND p.id = s.proposal_id
         WHERE CASE WHEN s.proposal_id IS NOT NULL
                    THEN p.state IS DISTINCT FROM 'approved' OR p.done_at IS NULL
                      OR p.kind <> s.name || '_settings' OR p.content <> s.content
                      OR p.proposed_by IS DISTINCT FROM s.set_by
                    ELSE EXISTS (SELECT FROM county_settings e
                                  WHERE (e.county_id, e.name) = (s.county_id, s.name)
                                    AND e.version < s.version AND e.proposal_id IS NOT NULL)
                     AND (s.set_by IS NOT NULL
                          OR NOT EXISTS (SELECT FROM audit_events a
                                          WHERE a.county_id = s.county_id AND a.at = s.set_at
                                            AND a.action = s.name || '.set_settings'
                                            AND a.actor_id IS NULL
                                            AND a.details->>'version' = s.version::text)) END
    """,
}
