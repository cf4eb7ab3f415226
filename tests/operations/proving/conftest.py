"""A small county whose whole history went the regular way, committed, and partly sealed."""

from dataclasses import dataclass
from uuid import UUID

import pytest
from sqlalchemy import create_engine, text

from app.kernel import clock
from app.kernel.signing import signer
from app.points.ledger import jobs
from app.register.identity.roles import Role
from operations.proving import prove
from sandbox.faults import Fault
from tests.app.sorting.inspections.conftest import check
from tests.app.sorting.self_checks.conftest import judge, screen, send
from tests.given.factories import Family
from tests.given.superuser import superuser_url
from tests.mall.campaigns.conftest import Office
from tests.mall.conftest import Counter, Mall, bank, books, faults, finance, mall, post, statement  # noqa: F401 - fixtures
from tests.mall.reversals.conftest import Desk


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


def run_seal(app) -> None:
    with app.app_context():
        jobs.seal_committed()


@pytest.fixture
def story(app, committed, given, noon, mall: Mall, finance, bank, books, faults, statement):  # noqa: F811
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
    proposed = post(finance, "allotments", proposal)
    checker = given.staff(Role.FINANCE, given.county())
    approved = post(checker, f"allotments/{proposed.json['id']}/approval")
    assert approved.status_code == 200, approved.json
    office = Office(given, app, noon, finance, checker)
    funder = office.funder()
    assert office.approved(office.fund(funder, 100)).status_code == 200
    office.campaign(funder, day_limit_fen=3)
    told.checked()
    sent = send(phones[1])
    screen_and_approve(app, given, counter, sent.json["id"])
    told.paid(9)
    told.paid(2, price_fen=4)
    run_seal(app)
    noon.move(days=1)
    told.checked("b")
    told.paid(8)
    taken_back = told.paid(1, price_fen=2)
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


def screen_and_approve(app, given, counter: Counter, self_check_id: str) -> None:
    with app.app_context():
        screen(self_check_id)
    reviewer = given.staff(Role.REVIEWER, counter.village.county_region_id)
    answer = judge(reviewer, self_check_id)
    assert answer.status_code == 200, answer.json


@pytest.fixture
def superuser(app):
    """An engine for statements past every trigger and right."""
    engine = create_engine(superuser_url(app.config["SETTINGS"]))
    yield engine
    engine.dispose()


@pytest.fixture
def altered(app, superuser):
    """Alter the database past every trigger, prove, and undo: the checks that found it.

    Yields a function of one that is given the connection.
    """

    def run(alteration, **options) -> set[str]:
        with app.app_context():
            known = signer().known
        with superuser.connect() as connection, connection.begin() as undone:
            connection.execute(text("SET LOCAL session_replication_role = replica"))
            alteration(connection)
            findings = prove(connection, public_keys=known, **options).findings
            undone.rollback()
        return {finding.check for finding in findings}

    return run
