# ruff: noqa: F811 (fixtures of a neighbour)
"""A card's second yes, by a liaison whom the proposer has just put there by the roster."""

from tests.app.points.means.test_roster import (  # noqa: F401
    clerk,
    home,
    imports,
    rows,
    town_name,
    village,
)
from tests.attack.test_persons import binds
from tests.given.cards import office  # noqa: F401
from tests.given.proposals import agree

MINE = "19900000099"


def test_one_administrator_does_not_set_the_pin_of_a_card(
    app,
    given,
    rows,
    home,
    village,
    imports,
    clerk,
    office,
):
    """The head of a house with nothing is reached by the liar's number, and made the liaison."""
    paper = office.active(home)
    first, second, *_ = rows(4)
    liaison = f"{second['户主姓名']}({second['身份证号'][-4:]})"
    imports(second | {"手机号": MINE}, first | {"是否党员户": "否", "联系党员": liaison})
    phone = given.visitor()
    answer = binds(app, phone, MINE, "o-liaison")
    assert answer.status_code == 201, answer.json

    proposed = office.proposed(home, paper, "802741", client=clerk)

    refused = agree(phone, proposed.json["id"])
    assert refused.status_code in {403, 404}, refused.json
