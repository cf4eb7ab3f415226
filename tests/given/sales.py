"""A recycler with money, a household, and somebody with a scale."""

from dataclasses import replace
from itertools import count
from uuid import UUID

import pytest

from app.kernel import clock
from app.kernel.db import transaction
from app.points import awards, ledger
from app.points.awards.rules import Rules
from app.recycling.sales import service
from app.register.identity.roles import Role
from tests.given.factories import COUNTY
from tests.given.http import post
from tests.given.uploads import posted

_numbers = count(1)


@pytest.fixture
def prepay(app, noon):
    """Put money on a recycler's account."""

    def run(recycler_id, amount: int) -> None:
        with app.app_context(), transaction():
            for kind, debit, credit in (
                (ledger.TransferKind.FUNDING, ledger.custody(), ledger.reserve()),
                (ledger.TransferKind.PREPAYMENT, ledger.reserve(), ledger.recycler(recycler_id)),
            ):
                ledger.post(
                    county_id=COUNTY,
                    reference=f"prepaid:{next(_numbers)}",
                    decided_at=noon(),
                    kind=kind,
                    debit=debit,
                    credit=credit,
                    amount=amount,
                )

    return run


@pytest.fixture
def prices(app, given, noon):
    """Let the county's policy say something else from today on."""

    def change(**rules: int) -> None:
        given.county()
        with app.app_context(), transaction():
            awards.add_policy(
                county_id=COUNTY,
                table=awards.Table(replace(Rules(), **rules)),
                in_force_from=clock.day_of(noon()),
                made_by=None,
                approved_by=None,
                at=noon(),
            )

    return change


@pytest.fixture
def family(given):
    village = given.village()
    given.budget(village, 1_000)
    return given.household(village=village)


@pytest.fixture
def admin(given):
    return given.staff(Role.COUNTY_ADMIN, given.county())


@pytest.fixture
def entered(app, given, noon):
    """Let a company buy in a place, as two people have agreed; its id."""

    def run(region_id, name: str = "清清再生资源公司") -> str:
        by = given.user()
        with app.app_context(), transaction():
            made = service.add_recycler(
                county_id=COUNTY,
                region_id=region_id,
                name=name,
                owner_id=by,
                by=by,
                at=noon(),
            )
            return str(made.id)

    return run


@pytest.fixture
def recycler(given, family, entered, prepay):
    """The county's recycler, with 100 yuan to buy with; its id."""
    recycler_id = entered(given.county())
    prepay(recycler_id, 10_000)
    return recycler_id


@pytest.fixture
def keeper(given, family):
    """The keeper of the village's booth."""
    return given.staff(Role.BOOTH_KEEPER, family.village.id)


@pytest.fixture
def sell(keeper, family):
    """Weigh lines of (material, weight, unit) or (material, pieces); the answer.

    With ``photo`` a new one of the scale is sent before.
    """

    def run(*lines, home=None, client=None, key=None, photo=False):
        body = {
            "upload_id": posted(client or keeper) if photo else None,
            "household_id": str((home or family).id),
            "lines": [
                {"material": line[0], "pieces": line[1]}
                if len(line) == 2
                else {"material": line[0], "weight": line[1], "unit": line[2]}
                for line in lines
            ],
        }
        return post(client or keeper, "sales", body, key)

    return run


@pytest.fixture
def sold(given, family, sell):
    """A large sale to which the household has said yes."""

    def run(*lines, home=None, **more):
        answer = sell(*lines, home=home, photo=True, **more)
        assert answer.status_code == 201, answer.json
        if answer.json["state"] == "awaiting_yes":
            resident = given.resident(home or family)
            answer = post(resident, f"sales/{answer.json['id']}/confirmation")
            assert answer.status_code == 200, answer.json
        return answer.json

    return run


def recyclers_money(given, recycler) -> int:
    return given.balance(ledger.recycler(UUID(recycler)))
