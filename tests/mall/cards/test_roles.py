"""Who may do what with cards; each list is exact."""

import pytest

from app.register.identity.roles import Role
from tests.given.http import assert_refused, post

WORKERS = {Role.VILLAGE_ADMIN, Role.TOWN_ADMIN, Role.COUNTY_ADMIN}
BLOCKERS = WORKERS | {Role.GROUP_LEADER, Role.OPERATOR}
AT_A_COUNTER = {Role.CLERK, Role.MERCHANT}
ALLOWED = {
    "cards.print_sheet": {Role.GROUP_LEADER, Role.VILLAGE_ADMIN},
    "cards.hand_over": WORKERS,
    "cards.block": BLOCKERS | {Role.RESIDENT},
    "cards.cards": BLOCKERS,
    "cards.current": {Role.RESIDENT},
    "cards.presented": AT_A_COUNTER,
    "cards.redeem": AT_A_COUNTER,
    "cards.uses": WORKERS | {Role.RESIDENT},
    "cards.card_settings": AT_A_COUNTER | BLOCKERS,
    "cards.set_settings": {Role.COUNTY_ADMIN},
    "proxies.name_proxy": {Role.RESIDENT},
    "proxies.name_proxy_in_person": WORKERS,
    "proxies.of_household": WORKERS | {Role.RESIDENT},
    "proxies.end_proxy": WORKERS | {Role.RESIDENT},
}


def test_every_endpoint_of_cards_admits_exactly_these_roles(app):
    admitted = {
        endpoint: set(view.allowed_roles)
        for endpoint, view in app.view_functions.items()
        if endpoint.split(".")[0] in {"cards", "proxies"}
    }

    assert admitted == ALLOWED


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "sheets"),
        ("POST", "handovers"),
        ("POST", "redemptions"),
        ("POST", "presented"),
        ("GET", ""),
        ("PUT", "settings"),
    ],
)
def test_a_resident_and_a_stranger_are_refused(app, given, family, method, path):
    url = f"/api/v1/cards/{path}".rstrip("/")

    assert given.resident(family).open(url, method=method).status_code == 403
    assert app.test_client().open(url, method=method).status_code == 401


def test_staff_read_no_uses_of_their_own_by_their_office(given, family):
    worker = given.staff(Role.VILLAGE_ADMIN, family.village.id)

    assert_refused(worker.get("/api/v1/cards/uses"), 403, "forbidden")


def test_a_card_command_wants_a_key(counter, paper):
    answer = counter.clerk.post("/api/v1/cards/redemptions", json={"card": paper.qr})

    assert_refused(answer, 400, "idempotency.key_missing")
    assert post(counter.clerk, "cards/redemptions", {"card": paper.qr}).status_code == 422
