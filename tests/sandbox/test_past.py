"""The demo county has a past, and nothing in it is other than the product makes it."""

import json
from datetime import UTC, datetime

import pytest

from app.kernel.db import transaction
from app.register.identity import service as identity
from app.register.identity.roles import Role
from sandbox import demo_county, people
from sandbox.past.phone import Phone

NOW = datetime(2026, 6, 12, 2, tzinfo=UTC)  # a Friday, ten in the morning
WEEKS = 5  # so that a month is over, and its ranks are given

# Where each role looks first. Two of them have no list yet: what they hold is all they can see.
FIRST = {
    Role.VISITOR: ("merchant-applications/own",),
    Role.RESIDENT: (
        *("self-checks", "awards", "notices", "points/transfers", "sales", "appeals"),
        *("redemptions", "catalogue/offers", "vouchers", "shops/near", "scores"),
    ),
    Role.LIAISON: ("liaison/households", "rates/assigned"),
    Role.GROUP_LEADER: ("notices/board", "proposals"),
    Role.REVIEWER: ("reviews/waiting",),
    Role.INSPECTOR: ("rounds/visits",),
    Role.BOOTH_KEEPER: ("sales/awaiting",),
    Role.COLLECTOR: ("sales/awaiting",),
    Role.HAULIER: ("me",),
    Role.TREATMENT_OPERATOR: ("me",),
    Role.RECYCLER_AGENT: ("sales/weighed", "recyclers"),
    Role.MERCHANT: ("shops", "cash-outs", "goods", "orders"),
    Role.CLERK: ("shops",),
    Role.VILLAGE_ADMIN: (
        *("households", "check-conflicts", "care/entries", "sales/awaiting", "rates/households"),
        *("rounds/area", "notices/board", "cards", "reviewers"),
    ),
    Role.TOWN_ADMIN: ("rates/places", "budgets", "households", "care/entries"),
    Role.COUNTY_ADMIN: (
        *("proposals", "role-grants", "reversals", "merchants", "merchant-applications"),
        *("policy-drafts", "deposits", "budgets", "recyclers"),
    ),
    Role.FINANCE: (
        *("allotments", "cash-outs", "bank-statements", "reconciliations", "funders"),
        *("campaigns", "deposits", "proposals"),
    ),
    Role.BANK: ("bank-statements", "reconciliations"),
    Role.OPERATOR: ("policy-drafts",),
    Role.AUDITOR: ("trust/acts", "proposals", "reconciliations"),
}


@pytest.fixture
def past(app, committed, settings, noon):
    """A small county, made until noon of a Friday; somebody's phone by their role."""
    noon.at = NOW
    demo_county.make(settings, now=NOW, weeks=WEEKS)

    def phone(role: Role) -> Phone:
        someone = people.holder(role)
        with app.app_context(), transaction():
            signed_in = identity.sign_in(
                appid=settings.wechat_appid, openid=someone.openid, county_id=None, at=NOW
            )
        return Phone(app, someone.name, signed_in.token)

    return phone


def test_every_role_is_held_by_somebody_who_finds_work_and_all_of_it_is_true(app, past):
    assert FIRST.keys() == set(Role)
    empty = []
    for role, lists in FIRST.items():
        phone = past(role)
        assert role.value in phone.get("me")["roles"]
        for path in lists:
            told = phone.get(path)
            if not (told.get("items", told) if isinstance(told, dict) else told):
                empty.append((role.value, path))
    assert empty == []

    with app.app_context():
        verified = app.test_cli_runner().invoke(args=["ledger", "verify", "--json"])
    assert json.loads(verified.output)["findings"] == []
