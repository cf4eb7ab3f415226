"""What must hold between the choices of counties and the trace."""

from app.kernel.audit.agreeing import instant, recorded

QUESTIONS = {
    "a_version_of_settings_is_on_the_trace": recorded(
        "settings",
        f"""
            SELECT county_id, county_id::text,
                   jsonb_build_object('name', name, 'version', version, 'by', set_by,
                                      'at', {instant("set_at")}, 'content', content)
              FROM county_settings
        """,  # noqa: S608 - constants
        "right(action, 13) = '.set_settings' AND details ? 'content'",
        f"""
            jsonb_build_object('name', left(action, -13), 'version', details -> 'version',
                               'by', actor_id, 'at', {instant("at")},
                               'content', details -> 'content')
        """,
    ),
}
