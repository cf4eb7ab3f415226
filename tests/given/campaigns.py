"""A funder with money, and campaigns that two people have agreed on."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import pytest
from flask.testing import FlaskClient

from app.kernel.db import transaction
from app.points import ledger
from app.register.identity.roles import Role
from mall.campaigns import subsidies
from mall.catalogue.prices import Charged
from tests.given.beginnings import step
from tests.given.factories import COUNTY
from tests.given.http import post


@dataclass
class Office:
    """Those who make campaigns, and those who approve them."""

    given: object
    app: object
    noon: object
    maker: FlaskClient
    checker: FlaskClient

    @step
    def reserve(self, fen: int) -> None:
        """Money of the bank, in the reserve."""
        with self.app.app_context(), transaction():
            ledger.post(
                county_id=COUNTY,
                reference=f"deposit:{fen}:{self.given.balance(ledger.reserve())}",
                decided_at=self.noon(),
                kind=ledger.TransferKind.FUNDING,
                debit=ledger.custody(),
                credit=ledger.reserve(),
                amount=fen,
            )

    @step
    def funder(self, fen: int = 0, name: str = "县供销社") -> UUID:
        """A funder with this much on its account."""
        entered = self.maker.post("/api/v1/funders", json={"name": name})
        assert entered.status_code == 201, entered.json
        funder_id = UUID(entered.json["id"])
        if fen:
            self.reserve(fen)
            assert self.approved(self.fund(funder_id, fen)).status_code == 200
        return funder_id

    def fund(self, funder_id: UUID, fen: int, direction: str = "funding", client=None):
        body = {"funder_id": str(funder_id), "direction": direction, "amount_fen": fen}
        return post(client or self.maker, "subsidy-fundings", body)

    def approved(self, proposed, client=None):
        assert proposed.status_code == 201, proposed.json
        path = f"subsidy-fundings/{proposed.json['id']}/approval"
        return post(client or self.checker, path)

    def draft(self, funder_id: UUID, client=None, **terms):
        """Ask for a half-price campaign in the whole county, today and tomorrow."""
        body = {
            "name": "五折日",
            "percent": 50,
            "first_on": "2026-06-01",
            "last_on": "2026-06-02",
            "funder_id": str(funder_id),
            # Limits that no test meets by chance.
            "day_limit_fen": 100_000,
            "shop_day_limit_fen": 1_000_000,
            "funder_day_limit_fen": 10_000_000,
            **terms,
        }
        if "shop_ids" not in body:
            body.setdefault("region_id", str(self.given.county()))
        return post(client or self.maker, "campaigns", body)

    def decide(self, campaign_id: str, what: str = "approval", client=None):
        return post(client or self.checker, f"campaigns/{campaign_id}/{what}")

    @step
    def campaign(self, funder_id: UUID, **terms) -> str:
        """An approved campaign; returns its id."""
        made = self.draft(funder_id, **terms)
        assert made.status_code == 201, made.json
        approved = self.decide(made.json["id"])
        assert approved.status_code == 200, approved.json
        return made.json["id"]

    def stop(self, campaign_id: str, reason: str = "补贴资金另有安排"):
        return post(self.maker, f"campaigns/{campaign_id}/stop", {"reason": reason})

    def left(self, funder_id: UUID) -> int:
        return self.given.balance(ledger.subsidy(funder_id))


@pytest.fixture
def office(app, given, noon):
    county = given.county()
    return Office(
        given, app, noon, given.staff(Role.FINANCE, county), given.staff(Role.COUNTY_ADMIN, county)
    )


def pay_half(home, counter, goods: list[Charged], *, at: datetime) -> None:
    """The funder's half of 1,000 fen for a household at a shop, within a transaction."""
    quote = subsidies.agree(
        county_id=COUNTY,
        shop_id=counter.shop_id,
        household_id=home.id,
        market_price_fen=1_000,
        goods=goods,
        points=500,
        at=at,
    )
    subsidies.pay_subsidy(
        county_id=COUNTY,
        household_id=home.id,
        shop_id=counter.shop_id,
        reference=f"race:{home.id}",
        decided_at=at,
        quote=quote,
    )
