"""Printing cards and handing them over."""

import pytest
from sqlalchemy import func, select

from app.kernel.audit.models import AuditEvent
from app.kernel.db import db
from app.kernel.secrets import vault
from app.register.cards import pins, tokens
from app.register.cards.models import Card, CardState
from app.register.cards.tokens import digest
from app.register.households.models import Member
from app.register.identity.roles import Role
from tests.given.cards import PIN, Paper
from tests.given.factories import COUNTY
from tests.given.http import assert_refused


def test_a_village_is_printed_on_one_page_ten_a_sheet(given, office):
    village = given.village("前进村")
    families = [given.household(village=village, head="李大山") for _ in range(12)]
    elsewhere = given.household(village=given.village())

    answer = office.sheet(office.admin(families[0]), region_id=str(village.id))

    page = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert answer.headers["Cache-Control"] == "no-store"
    assert page.count('<section class="page">') == 2
    assert page.count("<svg") == 12
    assert "李**" in page
    assert "李大山" not in page
    assert [office.state(paper) for paper in office._drawn] == [CardState.PRINTED] * 12
    assert not any(paper.qr in page for paper in office._drawn), "only the QR code says it"
    with_card = {office.card(paper).household_id for paper in office._drawn}
    assert with_card == {family.id for family in families}
    assert elsewhere.id not in with_card


def test_only_a_digest_of_the_code_is_kept(office, family):
    paper = office.printed(family)

    card = office.card(paper)

    assert card.digest == digest(paper.qr)
    assert (card.pin_hash, card.pin_salt, card.wrong_pins) == (None, None, 0)


def test_printing_a_village_again_leaves_the_cards_that_exist(given, office, family):
    first = office.printed(family)
    second = given.household(village=family.village)

    answer = office.sheet(office.admin(family), region_id=str(family.village.id))

    assert answer.status_code == 200
    assert office.state(first) is CardState.PRINTED
    assert office.card(office._drawn[-1]).household_id == second.id
    nothing = office.sheet(office.admin(family), region_id=str(family.village.id))
    assert_refused(nothing, 409, "cards.nothing_to_print")


def test_a_spoiled_sheet_is_printed_again_but_not_for_who_has_the_card_in_hand(
    given, office, family
):
    in_hand = office.active(family)
    spoiled = office.printed(given.household(village=family.village))

    office.sheet(office.admin(family), region_id=str(family.village.id), is_again=True)

    again = office._drawn[-1]
    assert office.state(in_hand) is CardState.ACTIVE
    assert office.state(spoiled) is CardState.ENDED
    assert office.state(again) is CardState.PRINTED
    assert office.card(again).household_id == office.card(spoiled).household_id


def test_a_new_card_ends_the_old_one(given, office, family, paper, pay):
    new = office.printed(family)

    assert office.state(paper) is CardState.ENDED
    assert_refused(pay(paper), 404, "cards.not_found")
    assert_refused(pay(new), 409, "cards.not_handed_over")
    assert given.spendable(family) == 10_000
    assert office.hand_over(family, new).status_code == 200
    assert pay(new).status_code == 201
    assert office.steps(paper) == [("printed", None), ("active", None), ("ended", None)]


def test_a_large_village_takes_several_sheets(given, office, family, monkeypatch):
    monkeypatch.setattr("app.register.cards.printing.SHEET_CARDS_MAX", 2)
    for _ in range(2):
        given.household(village=family.village)
    admin, region = office.admin(family), str(family.village.id)

    first = office.sheet(admin, region_id=region).get_data(as_text=True)
    second = office.sheet(admin, region_id=region).get_data(as_text=True)

    assert "还有 1 户没有印" in first
    assert "户没有印" not in second
    assert (first.count("<svg"), second.count("<svg")) == (2, 1)


def test_a_sheet_of_many_asks_as_often_as_a_sheet_of_one(given, office, family, queries):
    admin, asked = office.admin(family), []
    for many in (1, 10):
        village = given.village()
        families = [given.household(village=village) for _ in range(many)]
        client = office.admin(families[0])
        with queries() as seen:
            assert office.sheet(client, region_id=str(village.id)).status_code == 200
        asked.append(len(seen))
    assert admin
    assert asked[0] == asked[1]


def test_a_group_leader_prints_for_the_group_only(given, office, family):
    leader = given.staff(Role.GROUP_LEADER, family.village.group_id)
    other = given.household(village=given.village())

    assert_refused(
        office.sheet(leader, region_id=str(other.village.id)), 404, "cards.place_not_found"
    )
    both = [str(family.id), str(other.id)]
    assert_refused(office.sheet(leader, household_ids=both), 404, "cards.place_not_found")
    assert office._drawn == []
    assert office.sheet(leader, region_id=str(family.village.group_id)).status_code == 200


@pytest.mark.parametrize("body", [{}, {"region_id": "x"}])
def test_a_sheet_names_a_place_or_households(office, family, body):
    assert office.sheet(office.admin(family), **body).status_code == 422


def test_handing_over_sets_the_pin_and_says_who_and_what_was_seen(
    app, office, family, hashed_as_shipped
):
    paper = office.printed(family)

    answer = office.hand_over(family, paper, document="social_security_card")

    assert answer.status_code == 200, answer.json
    assert answer.json["done_at"] is not None
    assert not {"pin", "hash", "salt"} & set(answer.text.replace('"', " ").split())
    assert office.state(paper) == "active"
    card = office.card(paper)
    with app.app_context():
        assert pins._COST * pins._BLOCK * 128 == 32 << 20  # bytes for one try
        assert pins.is_right(card, PIN)
        assert not pins.is_right(card, "730513")
        handed = select(AuditEvent).where(AuditEvent.action == "cards.active")
        event = db.session.scalars(handed).one()
        assert (event.household_id, event.reason, event.details) == (family.id, None, {})
    assert office.steps(paper) == [("printed", None), ("active", None)]


def test_the_number_hands_over_as_well_as_the_code(office, family):
    paper = office.printed(family)

    assert office.hand_over(family, paper, card=paper.number).status_code == 200


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"pin_again": "730513"}, 422, "cards.pins_differ"),
        ({"member_id": "00000000-0000-7000-8000-000000000000"}, 404, None),
        ({"card": "FENC1." + "a" * 24}, 404, "cards.not_found"),
        ({"card": "123456789"}, 422, "cards.number_mistyped"),
        ({"pin": "12345", "pin_again": "12345"}, 422, None),
        ({"document": "library_card"}, 422, None),
    ],
)
def test_a_refused_hand_over_changes_nothing(office, family, changes, status, code):
    paper = office.printed(family)

    answer = office.hand_over(family, paper, **changes)

    assert answer.status_code == status, answer.json
    assert code is None or answer.json["code"] == code
    assert office.state(paper) is CardState.PRINTED
    assert office.card(paper).pin_hash is None
    assert office.steps(paper) == [("printed", None)]


@pytest.mark.parametrize(
    "pin", ["123456", "654321", "111111", "121212", "123123", "567890", "000000"]
)
def test_a_pin_that_everybody_tries_first_is_refused(office, family, pin):
    paper = office.printed(family)

    assert_refused(office.hand_over(family, paper, pin), 422, "cards.pin_too_simple")
    assert office.state(paper) is CardState.PRINTED


def test_a_birthday_or_a_phone_number_of_the_household_is_refused(given, office):
    family = given.household(phone="13912345867")
    paper = office.printed(family)
    with_birthday = _birthday(given, family)

    for pin in (with_birthday[:6], with_birthday[2:], "345867"):
        assert_refused(office.hand_over(family, paper, pin), 422, "cards.pin_too_simple")
    assert office.state(paper) is CardState.PRINTED


def _birthday(given, family) -> str:
    with given._app.app_context():
        sealed = db.session.get_one(Member, family.head_id).id_number_sealed
        return vault().unseal(sealed, "id_number")[6:14]


def test_a_worker_of_another_village_hands_nothing_over(given, office, family):
    paper = office.printed(family)
    stranger = given.staff(Role.VILLAGE_ADMIN, given.village().id)

    answer = office.hand_over(family, paper, client=stranger)

    assert_refused(answer, 404, "cards.not_found")
    assert office.state(paper) is CardState.PRINTED


def test_a_found_card_and_a_forgotten_pin_get_a_new_pin(office, family, paper, pay):
    card_id = office.card(paper).id
    assert office.admin(family).post(f"/api/v1/cards/{card_id}/block").status_code == 200

    assert office.hand_over(family, paper, "802741").status_code == 200

    assert_refused(pay(paper, pin=PIN), 409, "cards.wrong_pin")
    assert pay(paper, pin="802741").status_code == 201
    assert [state for state, _ in office.steps(paper)] == [
        "printed",
        "active",
        "blocked",
        "active",
    ]


def test_card_numbers_notice_a_slip_of_one_digit():
    token = tokens.new_token()
    slip = str((int(token.number[0]) + 1) % 10) + token.number[1:]

    assert tokens.is_qr(token.qr)
    assert tokens.is_number(token.number)
    assert not tokens.is_number(slip)


def test_a_household_has_one_card_that_has_not_ended(app, office, family):
    office.printed(family)
    office.printed(family)

    with app.app_context():
        open_cards = select(func.count()).where(
            Card.county_id == COUNTY, Card.household_id == family.id, Card.state != "ended"
        )
        assert db.session.scalars(open_cards).one() == 1
    assert isinstance(office._drawn[0], Paper)
