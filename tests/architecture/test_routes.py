"""Rules about the URL map."""

from app.register.identity.roles import Role
from app.web.auth import PUBLIC
from tests.given.routes import FROM_LIBRARIES


def test_every_route_declares_its_roles_or_says_openly_that_it_is_public(app):
    for endpoint, view in app.view_functions.items():
        if endpoint in FROM_LIBRARIES:
            continue
        allowed = getattr(view, "allowed_roles", None)
        assert allowed == PUBLIC or (set(allowed or ()) <= set(Role) and allowed), endpoint


def test_every_route_of_the_mini_program_is_versioned(app):
    for rule in app.url_map.iter_rules():
        blueprint = rule.endpoint.partition(".")[0]
        named = {"static", "api-docs", "swagger_ui", "health", "browser", "label_pages"}
        if blueprint not in named:
            assert rule.rule.startswith("/api/v1/"), rule
