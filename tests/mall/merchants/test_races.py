"""Many at once, with real commits: one decision about a merchant is made once."""

from datetime import date

import pytest

from mall.merchants import service as merchants
from mall.merchants import staff
from tests.given.factories import COUNTY
from tests.given.http import user_of
from tests.given.shops import ACCOUNT

DAY = date(2026, 6, 1)


@pytest.mark.race("mall.merchants.queries.locked_merchant")
def test_an_account_verified_by_many_at_once_is_verified_once(app, given, mall, noon, together):
    counter = mall.counter(is_verified=False)
    people = [given.user() for _ in range(16)]

    outcomes = together(
        lambda person=person: merchants.verify_payee(
            county_id=COUNTY,
            merchant_id=counter.merchant_id,
            account=ACCOUNT,
            verified_by=person,
            at=noon(),
        )
        for person in people
    )

    assert outcomes == {"done": 1, "PayeeAlreadyVerified": 15}


@pytest.mark.race("app.register.identity.grants.locked_grant")
def test_a_clerk_dismissed_by_many_at_once_is_dismissed_once(app, given, mall, noon, together):
    counter = mall.counter()
    clerk, owner = user_of(app, counter.clerk), user_of(app, counter.owner)

    outcomes = together(
        lambda: staff.dismiss_clerk(
            county_id=COUNTY, shop_id=counter.shop_id, user_id=clerk, by=owner, at=noon()
        )
        for _ in range(16)
    )

    assert outcomes == {"done": 1, "StaffNotFound": 15}
