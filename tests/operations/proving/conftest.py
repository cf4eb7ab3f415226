"""A small county whose whole history went the regular way, committed, and partly sealed."""

from dataclasses import dataclass
from uuid import UUID

import pytest

from app.kernel import clock
from app.register.identity.caller import Caller
from app.register.identity.roles import Grant, Role
from sandbox.faults import Fault
from tests.given.bank import bank, books, faults, finance, statement
from tests.given.campaigns import Office
from tests.given.factories import COUNTY, Family
from tests.given.http import post
from tests.given.inspections import check
from tests.given.proposals import BY_TWO, agree, proposed, rename
from tests.given.reversals import Desk
from tests.given.seals import run_seal
from tests.given.self_checks import judge, screen, send
from tests.given.shelves import shelves
from tests.given.shops import Counter, Mall, mall
from tests.given.superuser import altered, superuser


@dataclass(frozen=True)
class Story:
    """Who takes part, for tests that go on with it."""

    families: tuple[Family, Family]
    counter: Counter
    phones: tuple
    liaison: object
    finance: object

    def checked(self, grade="a") -> None:
        assert check(self.liaison, self.families[1], grade=grade).status_code == 201

    def paid(self, points: int, **more) -> UUID:
        code = self.phones[1].post("/api/v1/pay-codes").json["code"]
        answer = post(self.counter.clerk, "redemptions", {"code": code, "points": points, **more})
        assert answer.status_code == 201, answer.json
        return UUID(answer.json["id"])


@pytest.fixture
def story(
    app,
    committed,
    given,
    noon,
    mall: Mall,
    finance,
    bank,
    books,
    faults,
    statement,
    shelves,
    proposed,
):
    """A deposit, an allotment, awards for checks and a self-check, payments and cash-outs; a
    half-price campaign, a payment under it and one that was taken back.

    The first day is sealed; the second lies under another seal but for its last transfers.
    """
    counter = mall.counter()
    liaisons = given.household(village=counter.village, is_party=True, head="李党员")
    family = given.household(village=counter.village, liaison=liaisons)
    phones = given.resident(liaisons), given.resident(family)
    told = Story((liaisons, family), counter, phones, phones[0], finance)
    mall.take_in(statement(clock.day_of(noon())))
    proposal = {"village_id": str(counter.village.id), "amount_fen": 5_000}
    asked_for = post(finance, "allotments", proposal)
    checker = given.staff(Role.COUNTY_ADMIN, given.county())
    approved = post(checker, f"allotments/{asked_for.json['id']}/approval")
    assert approved.status_code == 200, approved.json
    office = Office(given, app, noon, finance, checker)
    funder = office.funder()
    assert office.approved(office.fund(funder, 100)).status_code == 200
    office.campaign(funder, day_limit_fen=3)
    agreed_by_two(given, proposed, counter.village)
    told.checked()
    sent = send(phones[1])
    screen_and_approve(app, given, counter, sent.json["id"])
    told.paid(9)
    told.paid(2, price_fen=4, lines=shelves.lines(counter, 4))
    run_seal(app)
    noon.move(days=1)
    told.checked("b")
    told.paid(8)
    taken_back = told.paid(1, price_fen=2, lines=shelves.lines(counter, 2))
    assert Desk(finance, checker).reverse("redemption", taken_back).status_code == 200
    settled, refused = mall.asked(counter, 7), mall.asked(counter, 5)
    mall.go_on(settled)
    faults.add(Fault("submit", "refuse", reason="户名与账号不符"))
    mall.go_on(refused)
    mall.asked(counter, 4)
    run_seal(app)
    mall.take_in(statement(clock.day_of(noon())))
    noon.move(days=1)
    told.checked()
    told.paid(6)
    return told


def agreed_by_two(given, proposed, village) -> None:
    """A proposal that two agreed to, and that is done."""
    by = as_caller(given, Role.VILLAGE_ADMIN, village.id)
    proposal_id = proposed(BY_TWO, by, rename("新门牌", village.id))
    for _ in range(2):
        answer = agree(given.staff(Role.TOWN_ADMIN, village.town_id), proposal_id)
    assert (answer.status_code, answer.json["state"]) == (200, "approved"), answer.json


def as_caller(given, role: Role, place_id: UUID) -> Caller:
    user_id = given.user()
    given.grant(user_id, role, place_id)
    return Caller(user_id, COUNTY, grants=(Grant(role, place_id),))


def screen_and_approve(app, given, counter: Counter, self_check_id: str) -> None:
    with app.app_context():
        screen(self_check_id)
    reviewer = given.staff(Role.REVIEWER, counter.village.county_region_id)
    answer = judge(reviewer, self_check_id)
    assert answer.status_code == 200, answer.json
