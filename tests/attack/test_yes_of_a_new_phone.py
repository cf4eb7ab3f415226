# ruff: noqa: F811 (fixtures of a neighbour)
"""The household's yes, said on a phone that its proposer has bound a minute ago."""

from tests.app.points.means.test_roster import (  # noqa: F401
    NEW,
    begins,
    clerk,
    heads,
    home,
    imports,
    open_one,
    rows,
    town_name,
    village,
)
from tests.given.http import assert_refused
from tests.given.proposals import agree
from tests.given.rosters import row


def bind_as_head(worker, second, family, name):
    body = {
        "code": second.post("/api/v1/bindings/code").json["code"],
        "household_id": str(family.id),
        "member_name": name,
        "document": "id_card",
    }
    answer = worker.post("/api/v1/bindings/in-person", json=body)
    assert answer.status_code == 201, answer.json


def test_one_administrator_does_not_change_the_phone_by_which_a_household_is_told(
    app,
    given,
    rows,
    home,
    imports,
    clerk,
    noon,
):
    """Whose points these are hears of it by that number, and of all that follows."""
    second = given.visitor()
    before = heads(app, home.id)
    bind_as_head(clerk, second, home, row(1)["户主姓名"])
    imports(rows(1)[0] | {"手机号": NEW})

    answer = agree(second, open_one(app))

    assert_refused(answer, 403, "trust.new_phone")
    noon.move(hours=72)
    begins(app)
    assert heads(app, home.id) == before
