"""What is undone gives everything back, and only that: the table of docs/points-policy.md."""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest

from app.kernel import clock
from app.kernel.db import transaction
from app.points import ledger
from app.points.expiry import jobs as expiry
from app.register.identity.roles import Role
from mall.catalogue.goods import Limit
from mall.catalogue.models import LimitPeriod
from mall.merchants import service as merchants
from mall.orders import jobs as order_jobs
from mall.redemption.settings import SETTINGS as COUNTER
from tests.given.factories import COUNTY
from tests.given.http import post

POLICY = Path(__file__).parents[3] / "docs" / "points-policy.md"
COLUMNS = ("undoing", "points", "last day", "limit of goods", "subsidy", "day limit", "stock")


def rows() -> list[dict[str, str]]:
    """The table as it stands in the policy's document."""
    text = POLICY.read_text(encoding="utf-8").partition("## Undoing")[2].partition("\n## ")[0]
    lines = [line for line in text.splitlines() if line.startswith("| ")]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    assert tuple(cells[0]) == COLUMNS
    return [dict(zip(COLUMNS, row, strict=True)) for row in cells[2:]]


class Case:
    """Points that end today pay for half-price soap of which a household may have one."""

    def __init__(self, app, given, town, office, noon) -> None:
        self.app, self.given, self.town, self.noon = app, given, town, noon
        given.setting(COUNTER, household_day_points=250)
        self.funder = office.funder(5_000)
        office.campaign(self.funder, last_on="2026-06-10", day_limit_fen=250)
        self.left = lambda: office.left(self.funder)
        self.soap = town.shelves.stocked(
            town.counter, points=500, market=500, limit=Limit(1, LimitPeriod.EVER)
        )
        self.family = given.household(village=None)
        given.points(self.family, 250, expires_on=date(2026, 6, 1))
        self.phone = given.resident(self.family)
        noon.move(hours=11)  # 23:00 in China
        self.order: str | None = None
        self.paid: str | None = None

    def place(self) -> None:
        self.order = self.town.placed((self.soap, 1), points=250, phone=self.phone)

    def step(self, *names: str, **body: object) -> None:
        for name in names:
            sent = body if name == names[-1] else {}
            answer = self.town.step(self.order, name, sent)
            assert answer.status_code == 200, answer.json

    def hand_over(self) -> None:
        self.place()
        self.step("preparation", "readiness")
        self.step("hand-over", code=self.town.digits(self.order, self.phone), without=[])

    def pay(self) -> None:
        code = self.phone.post("/api/v1/pay-codes").json["code"]
        body = {"code": code, "points": 250}
        answer = post(self.town.counter.clerk, "redemptions", body)
        assert answer.status_code == 201, answer.json
        self.paid = answer.json["id"]

    def night(self) -> None:
        """After midnight the points' day has passed, and what is left of them is taken."""
        self.noon.move(hours=2)
        expiry.expire_points()


def cancelled(case: Case) -> None:
    case.place()
    case.night()
    answer = case.town.step(case.order, "cancellation", client=case.phone)
    assert answer.status_code == 200, answer.json


def refused(case: Case) -> None:
    case.place()
    case.night()
    case.step("refusal", reason="今天没有到货")


def out_of_time(case: Case) -> None:
    case.place()
    case.night()
    case.noon.move(days=8)
    order_jobs.end_order(str(COUNTY), case.order)


def suspended(case: Case) -> None:
    case.place()
    case.step("preparation", "readiness")
    case.night()
    with case.app.app_context(), transaction():
        merchants.suspend(
            county_id=COUNTY,
            merchant_id=case.town.counter.merchant_id,
            by=case.town.shelves.by,
            at=case.noon(),
        )
    answer = case.town.step(case.order, "cancellation", client=case.phone)
    assert answer.status_code == 200, answer.json


def refunded(case: Case) -> None:
    case.hand_over()
    case.night()
    (line,) = case.town.seen(case.order, case.phone)["lines"]
    body = {"line_id": line["id"], "count": 1, "reason": "肥皂受潮发霉了"}
    answer = post(case.town.counter.clerk, f"orders/{case.order}/refunds", body)
    assert answer.status_code == 201, answer.json


def voided(case: Case) -> None:
    case.pay()
    answer = post(
        case.town.counter.clerk, f"redemptions/{case.paid}/void", {"reason": "wrong_amount"}
    )
    assert answer.status_code == 200, answer.json


def reversed_(case: Case) -> None:
    case.pay()
    case.night()
    county = case.given.county()
    one, other = (case.given.staff(Role.FINANCE, county) for _ in range(2))
    body = {"subject": "redemption", "subject_id": case.paid, "reason": "收错了别人家的"}
    asked = post(one, "reversals", body)
    assert asked.status_code == 201, asked.json
    answer = post(other, f"reversals/{asked.json['id']}/confirmation")
    assert answer.status_code == 200, answer.json


UNDOINGS: dict[str, Callable[[Case], None]] = {
    "the household cancels an order": cancelled,
    "the shop refuses an order": refused,
    "an order runs out of time": out_of_time,
    "an order at a suspended merchant is cancelled": suspended,
    "an order is refunded": refunded,
    "a payment is voided on its day": voided,
    "a payment is reversed by two people": reversed_,
}


@pytest.fixture
def case(app, given, town, office, noon) -> Case:
    return Case(app, given, town, office, noon)


def test_every_row_of_the_table_is_tried():
    assert [row["undoing"] for row in rows()] == list(UNDOINGS)


@pytest.mark.parametrize("undoing", UNDOINGS)
def test_an_undoing_restores_what_the_table_says_and_nothing_else(case, given, undoing):
    (row,) = (row for row in rows() if row["undoing"] == undoing)
    takings = case.town.takings()

    UNDOINGS[undoing](case)

    assert row["points"] == "all"
    assert given.spendable(case.family) == 250
    assert case.given.balance(ledger.household(case.family.id, _last_day(case, row))) == 250
    assert case.town.takings() == takings
    assert row["subsidy"] in {"all", "-"}
    assert case.left() == 5_000
    pieces = case.town.shelves.pieces(case.soap)
    assert (
        pieces
        == {"all": (10, 0, 0), "counted by the shop": (9, 0, 1), "-": (10, 0, 0)}[row["stock"]]
    )
    _limits_are_free(case, row)


def _last_day(case: Case, row: dict[str, str]) -> date:
    """Of the points that came back."""
    day = clock.day_of(case.noon())
    return {"7 days more": day + timedelta(days=7), "their own": day}[row["last day"]]


def _limits_are_free(case: Case, row: dict[str, str]) -> None:
    """The same can be had again, unless its merchant is suspended."""
    if "suspended" in row["undoing"]:
        return
    if row["limit of goods"] == "all":
        case.place()
    else:
        assert row["day limit"] == "all"
        case.pay()
    assert case.given.spendable(case.family) == 0
