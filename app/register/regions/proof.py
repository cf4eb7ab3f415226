"""What must hold between the choices of counties and the trace."""

from app.kernel.audit.agreeing import TAKEN_OVER, instant

QUESTIONS = {
    # The trace tells what a version changed; what it did not change is as in the one before.
    "a_version_of_settings_is_on_the_trace": f"""
        WITH said AS (
            SELECT county_id, name, version, set_by, set_at, content,
                   lag(content) OVER (PARTITION BY county_id, name ORDER BY version) AS before
              FROM county_settings
        ), told AS (
            SELECT county_id, substring(action FROM '^(.*)[.]set_settings$') AS name,
                   CAST(details ->> 'version' AS bigint) AS version, actor_id, at,
                   details -> 'after' AS after, mac
              FROM audit_events
             WHERE right(action, 13) = '.set_settings' AND subject_kind = 'county'
               AND details ? 'version'
        )
        SELECT s.county_id, 'settings ' || s.name || ' ' || s.version,
               'the trace does not know it like this'
          FROM said s
         WHERE NOT EXISTS (
                   SELECT FROM told t
                    WHERE (t.county_id, t.name, t.version) = (s.county_id, s.name, s.version)
                      AND t.actor_id IS NOT DISTINCT FROM s.set_by AND t.at = s.set_at
                      AND s.content @> t.after
                      AND (s.before IS NULL
                           OR NOT EXISTS (SELECT FROM jsonb_each(s.before) b
                                           WHERE s.content -> b.key <> b.value
                                             AND NOT t.after ? b.key)))
           AND NOT EXISTS (
                   SELECT FROM audit_events e
                    WHERE e.county_id = s.county_id AND e.action = '{TAKEN_OVER}'
                      AND e.subject_kind = 'settings'
                      AND e.subject_id = s.name || ' ' || s.version
                      AND e.details = jsonb_build_object(
                              'by', s.set_by, 'at', {instant("s.set_at")}, 'content', s.content))
         UNION ALL
        SELECT t.county_id, 'settings ' || t.name || ' ' || t.version,
               'the trace tells of it, and it is gone'
          FROM told t
         WHERE t.mac IS NOT NULL
           AND NOT EXISTS (SELECT FROM said s
                            WHERE (s.county_id, s.name, s.version)
                                = (t.county_id, t.name, t.version))
    """,  # noqa: S608 - constants
}
