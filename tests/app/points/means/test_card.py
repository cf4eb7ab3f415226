"""Case 11: nobody alone prints a card, sets its PIN and pays."""

from uuid import uuid4

import pytest
from sqlalchemy import select

from app.kernel.db import db, transaction
from app.messages.notices import Notice
from app.register.households.models import Household, Member
from app.register.regions.models import Region
from tests.given.cards import PIN
from tests.given.factories import Family
from tests.given.http import assert_refused, post, user_of
from tests.given.proposals import agree
from tests.given.rosters import book, row


@pytest.fixture
def liaison(app, given, family):
    """The client of the household's liaison, who lives elsewhere in the village."""
    home = given.household(village=family.village)
    client = given.resident(home)
    with app.app_context(), transaction():
        db.session.get_one(Household, family.id).liaison_id = home.head_id
    return client


def told(app) -> int:
    with app.app_context():
        return len(
            db.session.scalars(select(Notice).where(Notice.kind == "card_handed_over")).all()
        )


def test_case_11_who_printed_it_does_not_hand_it_over(given, office, family):
    sheet = office.sheet(office.admin(family), household_ids=[str(family.id)])
    assert sheet.status_code == 200
    paper = office._drawn[-1]

    assert_refused(office.proposed(family, paper), 403, "trust.same_person")
    assert office.state(paper) == "printed"


def test_case_11_without_the_household_it_waits_for_somebody_who_stands_there(
    app, given, office, family, liaison, counter
):
    paper = office.printed(family)  # by the group leader

    proposed = office.proposed(family, paper)

    assert proposed.status_code == 202, proposed.json
    assert office.state(paper) == "printed"
    body = {"card": paper.qr, "pin": PIN, "points": 100, "proxy_id": None}
    refused = post(counter.clerk, "cards/redemptions", body)
    assert_refused(refused, 409, "cards.not_handed_over")
    assert_refused(agree(office.admin(family), proposed.json["id"]), 403, "proposals.not_yours")
    assert told(app) == 0

    assert agree(liaison, proposed.json["id"]).status_code == 200
    assert office.state(paper) == "active"
    assert told(app) == 1
    refused = post(counter.clerk, "cards/redemptions", body | {"points": 501})
    assert_refused(refused, 409, "trust.cooling_off")
    assert refused.json["details"] == {"left": 500}
    assert given.spendable(family) == 4_000


def test_case_11_the_household_says_yes_on_its_phone(given, office, family):
    phone = given.resident(family)
    paper = office.printed(family)

    assert agree(phone, office.proposed(family, paper).json["id"]).status_code == 200

    assert office.state(paper) == "active"


def test_case_11_a_second_pin_needs_the_same_and_is_told_again(
    app, office, family, liaison, noon, counter
):
    paper = office.active(family)
    proposed = office.proposed(family, paper, "802741")
    assert proposed.status_code == 202
    body = {"card": paper.qr, "pin": PIN, "points": 100, "proxy_id": None}
    assert post(counter.clerk, "cards/redemptions", body).status_code == 201, "the old PIN counts"

    assert agree(liaison, proposed.json["id"]).status_code == 200

    assert told(app) == 2
    assert_refused(post(counter.clerk, "cards/redemptions", body), 409, "cards.wrong_pin")


def test_a_card_that_moved_on_meanwhile_is_not_handed_over(office, family, liaison):
    paper = office.printed(family)
    proposed = office.proposed(family, paper).json["id"]
    card = office.card(paper)
    assert office.admin(family).post(f"/api/v1/cards/{card.id}/block").status_code == 200

    assert_refused(agree(liaison, proposed), 409, "decisions.moved_on")
    assert office.state(paper) == "blocked"


def test_nobody_hands_over_the_card_of_their_own_household(given, office, family):

    paper = office.printed(family)

    given.resident(family, user_id=user_of(office._app, office.admin(family)))

    assert_refused(office.proposed(family, paper), 403, "trust.same_household")
    assert office.state(paper) == "printed"


def test_a_liaison_whom_the_administrator_has_just_named_is_not_the_second_person(
    app, given, office, noon
):
    """By a roster, to the phone of a friend; a month later somebody would have noticed."""
    village = given.village("前进村")
    with app.app_context():
        town = db.session.get_one(Region, village.town_id).name
    friend, other = row(1, 镇=town), row(2, 镇=town)
    poor = row(3, 镇=town, 是否党员户="否", 手机号=None)
    admin = office.admin(Family(uuid4(), uuid4(), village))

    def imports(liaison):
        answer = admin.post(
            "/api/v1/roster-imports",
            data={"file": (book(friend, other, poor | {"联系党员": liaison}), "r.xlsx")},
            headers={"Idempotency-Key": uuid4().hex},
        )
        assert answer.status_code == 200, answer.json

    imports(other["户主姓名"])
    imports(friend["户主姓名"])
    with app.app_context():
        head = {one.name: one for one in db.session.scalars(select(Member))}
        homes = [
            Family(head[one["户主姓名"]].household_id, head[one["户主姓名"]].id, village)
            for one in (friend, poor)
        ]
    liaison = given.resident(homes[0])
    paper = office.printed(homes[1])
    proposed = office.proposed(homes[1], paper)

    assert_refused(agree(liaison, proposed.json["id"]), 403, "trust.liaison_named_lately")
    assert office.state(paper) == "printed"
    noon.move(days=31)
    again = office.proposed(homes[1], paper)
    assert agree(liaison, again.json["id"]).status_code == 200
    assert office.state(paper) == "active"


def test_a_household_without_a_card_reads_how_to_get_one(given, family):
    answer = given.resident(family).get("/api/v1/cards/current")

    assert_refused(answer, 404, "cards.none_yet")
    assert "到村里" in answer.json["message"]
