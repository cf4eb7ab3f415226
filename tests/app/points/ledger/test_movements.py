"""A time on an account: what was there before, and what came and went."""

from datetime import date

from app.kernel.db import transaction
from app.points import ledger
from tests.given.factories import COUNTY
from tests.given.times import china

LAST_DAY = date(2027, 3, 31)


def test_a_month_in_between_opens_with_what_was_before_it_and_closes_without_what_came_after(
    app, given, noon
):
    family = given.household()
    for month, day, points in ((3, 15, 10), (4, 15, 20), (4, 16, 5), (5, 15, 7)):
        noon.at = china(2026, month, day, 12)
        given.points(family, points)
    noon.at = china(2026, 4, 20, 12)
    with app.app_context(), transaction():
        ledger.spend(
            county_id=COUNTY,
            household_id=family.id,
            reference="april:1",
            decided_at=noon(),
            kind=ledger.TransferKind.REDEMPTION,
            credit=ledger.shop(family.village.id),
            amount=12,
        )

    def told(account, since, until):
        with app.app_context():
            found = ledger.movements(COUNTY, account, since=since, until=until)
        return found.opening, [entry.amount for entry in found.entries], found.closing

    home = ledger.household(family.id, LAST_DAY)
    april, may = china(2026, 4, 1, 0), china(2026, 5, 1, 0)
    assert told(home, april, may) == (10, [20, 5, -12], 23)
    assert told(home, may, china(2026, 6, 1, 0)) == (23, [7], 30)
    assert told(home, china(2026, 3, 1, 0), april) == (0, [10], 10)
    # The account of nobody, and one that was never used.
    assert told(ledger.custody(), april, may) == (-10, [-20, -5], -35)
    assert told(ledger.household(family.id, None), april, may) == (0, [], 0)
