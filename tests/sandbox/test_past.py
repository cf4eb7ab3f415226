"""The demo county has a past, and nothing in it is other than the product makes it."""

import json
from datetime import UTC, datetime

import pytest
from sqlalchemy import select, text

from app.kernel.db import db, transaction
from app.register.identity import service as identity
from app.register.identity.roles import Role
from mall import campaigns
from mall.catalogue.prices import Charged
from mall.merchants.models import Shop
from sandbox import demo_county, people
from sandbox.past.phone import Phone

NOW = datetime(2026, 6, 12, 2, tzinfo=UTC)  # a Friday, ten in the morning
WEEKS = 3  # so that a month is over, and every story has been told

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
    Role.COLLECTOR: ("sales/weighed",),
    Role.HAULIER: ("me",),
    Role.TREATMENT_OPERATOR: ("me",),
    Role.RECYCLER_AGENT: ("sale-days",),
    Role.MERCHANT: ("shops", "cash-outs", "goods"),
    Role.CLERK: ("shops",),
    Role.VILLAGE_ADMIN: (
        *("households", "check-conflicts", "care/entries", "sales/awaiting", "rates/households"),
        *("rounds/area", "notices/board", "cards"),
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
    Role.SECURITY_ADMIN: (),
    Role.AUDITOR: ("trust/acts", "proposals", "reconciliations"),
}


@pytest.fixture
def past(app, committed, settings, noon):
    """A small county, made until a Friday morning; somebody's phone by their role."""
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


def test_everybody_finds_a_county_that_has_lived_and_all_of_it_is_true(app, past):
    """One test of many things: making even three weeks takes some ten seconds."""
    _every_role_finds_something(past)
    _the_ledger_is_true(app)
    _points_differ_and_buy_something(app)
    _two_people_are_needed_today(past)
    with app.app_context():
        _a_half_price_campaign_runs()


def _every_role_finds_something(past) -> None:
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


def _the_ledger_is_true(app) -> None:
    with app.app_context():
        verified = app.test_cli_runner().invoke(args=["ledger", "verify", "--json"])
        seals = db.session.scalar(text("SELECT count(*) FROM ledger.seals"))
    assert json.loads(verified.output)["findings"] == []
    assert seals > WEEKS


def _points_differ_and_buy_something(app) -> None:
    with app.app_context():
        points = db.session.scalars(
            text("""
                SELECT sum(b.posted) FROM ledger.balances b
                  JOIN ledger.accounts a USING (county_id) WHERE a.id = b.account_id
                   AND a.kind = 'household' GROUP BY a.owner HAVING sum(b.posted) > 0
            """)
        ).all()
        cheapest = db.session.scalar(text("SELECT min(points_price) FROM goods"))
    assert len(set(points)) > 5
    assert cheapest == 60
    assert max(points) >= cheapest


def _two_people_are_needed_today(past) -> None:
    admin, finance = past(Role.COUNTY_ADMIN), past(Role.FINANCE)
    assert {p["kind"] for p in admin.items("proposals", state="proposed")} >= {
        "grant",
        "payee_change",
    }
    assert [a["state"] for a in finance.items("allotments")][:1] == ["proposed"]
    assert [r["state"] for r in admin.items("reversals")] == ["proposed", "confirmed"]
    assert {c["state"] for c in finance.items("cash-outs")} >= {"settled", "awaiting_release"}


def _a_half_price_campaign_runs() -> None:
    shops = dict(db.session.execute(select(Shop.name, Shop.id)).all())
    assert shops.keys() == {people.SHOP, *(place[3] for place in people.OTHER_SHOPS)}
    salt = db.session.execute(
        text("""
            SELECT g.id, g.market_price_fen FROM goods g JOIN offers o ON o.goods_id = g.id
             WHERE o.shop_id = :shop AND g.points_price = 200 LIMIT 1
        """),
        {"shop": shops[people.SHOP]},
    ).one()
    told = campaigns.quote(
        county_id=people.COUNTY_ID,
        shop_id=shops[people.SHOP],
        market_price_fen=2 * salt.market_price_fen,
        goods=[Charged(*salt)],
        at=NOW,
    )
    assert told.why_full_price is None
    assert (told.points, told.subsidy_fen, told.funder_name) == (
        salt.market_price_fen,
        salt.market_price_fen,
        people.FUNDER,
    )
