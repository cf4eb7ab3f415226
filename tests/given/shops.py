"""Shops with their people; households pay there, and owners ask for cash-outs."""

from dataclasses import dataclass
from itertools import count
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.kernel.db import db, transaction
from app.points import ledger
from app.register.identity.roles import Role
from mall.merchants import service as merchants
from mall.merchants.models import IS_NEW_FOR
from mall.settlement import jobs
from mall.settlement import service as settlement
from mall.settlement.models import CashOut, CashOutState, StatementEntry
from mall.settlement.settings import SETTINGS as CASH_OUT_SETTINGS
from tests.given.beginnings import step
from tests.given.factories import COUNTY
from tests.given.http import post

ACCOUNT = "6228480000000000012"
_numbers = count(1)


@dataclass(frozen=True)
class Counter:
    """A shop in a village, and those who run it."""

    shop_id: UUID
    merchant_id: UUID
    village: object
    clerk: FlaskClient
    owner: FlaskClient

    def url(self, what: str) -> str:
        return f"/api/v1/shops/{self.shop_id}/{what}"


class Mall:
    """Makes shops, lets households pay, and asks for cash-outs."""

    def __init__(self, app, given, noon) -> None:
        self._app = app
        self._given = given
        self._noon = noon

    @step
    def counter(self, *, is_verified: bool = True, county_id: int = COUNTY) -> Counter:
        """A merchant with one shop; its account was verified a month ago unless told otherwise."""
        n = next(_numbers)
        village = self._given.village(county_id=county_id)
        maker, checker = self._given.user(county_id), self._given.user(county_id)
        with self._app.app_context(), transaction():
            merchant = merchants.register_merchant(
                county_id=county_id,
                name=f"{n}号商户",
                licence_number=f"91990101MA{n:08d}",
                payee=merchants.Payee("李家小卖部", ACCOUNT, "分分县农村信用社"),
                registered_by=maker,
                at=self._noon(),
            )
            if is_verified:
                merchants.verify_payee(
                    county_id=county_id,
                    merchant_id=merchant.id,
                    account=ACCOUNT,
                    verified_by=checker,
                    at=self._noon() - IS_NEW_FOR,
                )
            shop = merchants.open_shop(
                county_id=county_id,
                merchant_id=merchant.id,
                village_id=village.id,
                name=f"{n}号店",
                address="村口",
                opened_by=maker,
                at=self._noon(),
            )
            ids = shop.id, merchant.id
        clerk = self._given.staff(Role.CLERK, ids[0], county_id)
        owner = self._given.staff(Role.MERCHANT, ids[1], county_id)
        return Counter(*ids, village, clerk, owner)

    @step
    def takings(self, counter: Counter, points: int, *, is_funded: bool = False) -> None:
        """Points that households have paid at the shop; ``is_funded``: out of the reserve."""
        family = self._given.household(village=counter.village, points=0 if is_funded else points)
        if is_funded:
            village, home = ledger.village_budget(counter.village.id), ledger.household(family.id)
            self._move(ledger.TransferKind.ALLOTMENT, ledger.reserve(), village, points)
            self._move(ledger.TransferKind.AWARD, village, home, points)
        with self._app.app_context(), transaction():
            ledger.spend(
                county_id=COUNTY,
                household_id=family.id,
                reference=f"takings:{next(_numbers)}",
                decided_at=self._noon(),
                kind=ledger.TransferKind.REDEMPTION,
                credit=ledger.shop(counter.shop_id),
                amount=points,
            )

    def _move(self, kind, debit, credit, amount: int) -> None:
        with self._app.app_context(), transaction():
            ledger.post(
                county_id=COUNTY,
                reference=f"move:{next(_numbers)}",
                decided_at=self._noon(),
                kind=kind,
                debit=debit,
                credit=credit,
                amount=amount,
            )

    @step
    def limit(self, fen: int) -> None:
        """Cash-outs up to this amount need no second person."""
        with self._app.app_context(), transaction():
            CASH_OUT_SETTINGS.change(
                county_id=COUNTY, actor_id=None, at=self._noon(), auto_release_limit_fen=fen
            )

    def asked(self, counter: Counter, amount_fen: int) -> CashOut:
        """A cash-out that the owner asked for and that may be sent."""
        self.limit(amount_fen)
        answer = post(counter.owner, "cash-outs", {"amount_fen": amount_fen})
        assert answer.status_code == 201, answer.json
        return self.cash_out(answer.json["id"])

    def cash_out(self, cash_out_id: UUID | str) -> CashOut:
        with self._app.app_context():
            return db.session.scalars(
                select(CashOut).where(CashOut.id == UUID(str(cash_out_id)))
            ).one()

    def state(self, cash_out: CashOut) -> CashOutState:
        return self.cash_out(cash_out.id).state

    def go_on(self, cash_out: CashOut) -> CashOutState:
        """Run the job for the cash-out; how it stands afterwards."""
        with self._app.app_context():
            jobs.go_on(str(cash_out.county_id), str(cash_out.id))
        return self.state(cash_out)

    def take_in(self, content: bytes) -> settlement.Imported:
        """Import a statement and book its lines."""
        with self._app.app_context():
            with transaction():
                (imported,) = settlement.import_file(
                    county_id=COUNTY, content=content, imported_by=None, at=self._noon()
                )
            jobs.book_statement(str(COUNTY), str(imported.statement.id))
        return imported

    def classes(self) -> dict[str, str]:
        """What every line of every statement turned out to be, by the bank's reference."""
        with self._app.app_context():
            rows = db.session.execute(
                select(StatementEntry.bank_reference, StatementEntry.entry_class)
            )
            return {reference: entry_class.value for reference, entry_class in rows}

    def balances(self, counter: Counter) -> dict[str, int]:
        """Shop (free), in flight, reserve and custody."""
        of = self._given.balance
        return {
            "shop": of(ledger.shop(counter.shop_id)),
            "in_flight": of(ledger.payout_in_flight()),
            "reserve": of(ledger.reserve()),
            "custody": of(ledger.custody()),
        }


@pytest.fixture
def mall(app, given, noon):
    return Mall(app, given, noon)


@pytest.fixture
def counter(mall):
    return mall.counter()
