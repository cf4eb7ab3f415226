"""What must hold between grants of roles and the trace."""

from app.kernel.audit.agreeing import instant, recorded

_WHICH = "'role', g.role, 'place_id', g.place_id"
_WHICH_TOLD = "'role', details ->> 'role', 'place_id', details ->> 'place_id'"


def _of_users(facts: str, where: str = "true") -> str:
    return f"""
        SELECT u.county_id, g.user_id::text, jsonb_build_object({facts})
          FROM role_grants g JOIN users u ON u.id = g.user_id WHERE {where}
    """  # noqa: S608 - constants


QUESTIONS = {
    "a_grant_is_on_the_trace": recorded(
        "role_grant",
        _of_users(f"'by', g.granted_by, 'at', {instant('g.granted_at')}, {_WHICH}"),
        "action = 'identity.grant_role'",
        f"jsonb_build_object('by', actor_id, 'at', {instant('at')}, {_WHICH_TOLD})",
    ),
    "the_end_of_a_grant_is_on_the_trace": recorded(
        "end_of_role_grant",
        _of_users(f"'at', {instant('g.revoked_at')}, {_WHICH}", "g.revoked_at IS NOT NULL"),
        "action = 'identity.revoke_role'",
        f"jsonb_build_object('at', {instant('at')}, {_WHICH_TOLD})",
    ),
}
