"""Who may do what to whose: every endpoint, for every role, at four distances.

``matrix.csv`` is the committed answer, a line for each endpoint and role that gets anything at
all. Change it by hand; or let ``FEN_WRITE_ACCESS=1 .venv/bin/python -m pytest -n 0 tests/access``
write what is so, and read the difference line by line: a grant that nobody meant shows there.
"""

import csv
import os
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import text

from app.kernel import audit
from app.kernel.db import db
from app.register.identity.roles import Role
from app.web.auth import PUBLIC
from tests.access.calls import CALLS
from tests.access.world import EVERYBODY, Distance
from tests.given.routes import FROM_LIBRARIES, address, method

MATRIX = Path(__file__).with_name("matrix.csv")
ALWAYS = "always"  # the call names nobody's object
FOREIGN = {Distance.OTHER_VILLAGE, Distance.OTHER_COUNTY}
# Refused with a reason: that the draft, the proposal or the place is there, the caller may know.
# Campaigns and fundings of the world are finance's, whom only another office may answer.
TOLD_WHY = {
    "campaigns.approve",
    "policy_drafts.edit",
    "policy_drafts.withdraw",
    "proposals.approve",
    "proposals.refuse",
    "proposals.withdraw",
    "role_grants.grant_role",
    "role_grants.revoke_role",
    "staff_accounts.account",
    "staff_accounts.admit_again",
    "staff_accounts.leave",
    "staff_accounts.make",
    "staff_accounts.recover",
    "staff_accounts.suspend",
    "subsidy_fundings.approve",
}


@pytest.fixture
def door(monkeypatch) -> list[object]:
    """Whom ``@requires`` has let in."""
    let_in: list[object] = []

    def act_as(role):
        let_in.append(role)
        _act_as(role)

    monkeypatch.setattr(audit, "act_as", act_as)
    return let_in


_act_as = audit.act_as


def granted(app, world, door, endpoint: str, role: Role | None) -> str:
    """At which distances the role gets what the endpoint gives: "own, same village", say.

    Who is refused at the door is refused there at every distance: all that it asks is who calls.
    """
    view = app.view_functions[endpoint]
    call = CALLS[endpoint]
    # A member of a household may call what residents may: that would hide what the role may.
    is_bound = view.allowed_roles != PUBLIC and Role.RESIDENT not in view.allowed_roles
    caller = world.caller(role, is_bound=is_bound)
    distances = list(Distance)[:1] if call.is_same_everywhere else list(Distance)
    got = []
    for distance in distances:
        door.clear()
        if _gets(app, world, endpoint, caller, distance):
            got.append(distance)
        elif view.allowed_roles != PUBLIC and not door:
            assert not got, f"{endpoint}: the door knows how far away the object is"
            break
    if call.is_same_everywhere:
        return ALWAYS if got else ""
    return ", ".join(got)


def _gets(app, world, endpoint, caller, distance) -> bool:
    call, around = CALLS[endpoint], world.around(distance, caller.role)
    # What the call changes is undone: the next one finds the world as it was.
    connection = db.session.session_factory.kw["bind"]
    step = connection.begin_nested()
    try:
        _make_true(connection, world, call, caller, distance)
        answer = caller.client.open(
            address(app, endpoint, call.path(around)),
            method=method(app, endpoint),
            query_string=call.query(around),
            json=call.json(around) if call.json else None,
            data=call.form(around) if call.form else None,
            headers={"Idempotency-Key": uuid4().hex},
        )
        body, status = answer.get_data().decode(errors="replace"), answer.status_code
        answer.close()
    finally:
        step.rollback()
    assert status < 500 or status == 503, (endpoint, body)  # 503: WeChat or the bank is away
    assert '"invalid_request"' not in body, f"{endpoint}: the call itself is wrong: {body}"
    is_foreign = distance in FOREIGN and not call.is_same_everywhere
    if is_foreign and endpoint not in TOLD_WHY and _admits(app, endpoint, caller.role):
        assert status not in {401, 403}, f"{endpoint}: somebody else's is not found: {body}"
    if status in {401, 403, 404, 429} and not any(f'"{code}"' in body for code in call.reached):
        return False
    return call.shows is None or str(call.shows(around)) in body


def _make_true(connection, world, call, caller, distance) -> None:
    """Only while the caller calls: a liaison is some household's, and what is theirs is theirs."""
    if caller.role is Role.LIAISON:
        connection.execute(*world.assignment())
    if distance is Distance.OWN and call.made_by_caller and caller.user_id:
        names = vars(world.around(distance, caller.role)) | {"caller": caller.user_id}
        query = text(call.made_by_caller)
        connection.execute(query, {name: names[name] for name in query.compile().params})


def _admits(app, endpoint: str, role: Role | None) -> bool:
    """Whether the view itself admits somebody of the role, so that only the object may refuse."""
    roles = app.view_functions[endpoint].allowed_roles
    return role is not None and roles != PUBLIC and (role in roles or Role.VISITOR in roles)


def endpoints(app) -> list[str]:
    return sorted(set(app.view_functions) - FROM_LIBRARIES)


def read_matrix() -> dict[str, dict[str, str]]:
    """What each endpoint gives, by role."""
    granted: dict[str, dict[str, str]] = {}
    with MATRIX.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            granted.setdefault(row["endpoint"], {})[row["role"]] = row["whose"]
    return granted


def in_short(seen: dict[str, str]) -> dict[str, str]:
    """The roles that get something, in one word where all of them get the same."""
    got = {role: whose for role, whose in seen.items() if whose}
    if not got:
        return {"no role": "never"}
    if len(set(got.values())) == 1:
        whose = next(iter(got.values()))
        if got.keys() == seen.keys():
            return {"everybody": whose}
        if got.keys() == seen.keys() - {"nobody"}:
            return {"signed in": whose}
    return got


def write_matrix(endpoint: str, seen: dict[str, str]) -> None:
    rows = read_matrix() | {endpoint: seen}
    rows = {name: roles for name, roles in rows.items() if name in CALLS}
    with MATRIX.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["endpoint", "role", "whose"])
        for name, roles in sorted(rows.items()):
            writer.writerows([name, role, whose] for role, whose in sorted(roles.items()))


def test_every_endpoint_is_in_the_matrix(app):
    assert endpoints(app) == sorted(CALLS)
    assert sorted(read_matrix()) == sorted(CALLS)


@pytest.mark.parametrize("endpoint", sorted(CALLS))
def test_nobody_gets_what_the_matrix_does_not_grant(app, world, door, endpoint):
    seen = {str(role or "nobody"): granted(app, world, door, endpoint, role) for role in EVERYBODY}

    if os.environ.get("FEN_WRITE_ACCESS"):
        write_matrix(endpoint, in_short(seen))
    assert in_short(seen) == read_matrix()[endpoint]
