"""Many at once, with real commits: a code is sold once, and nothing is sold after a withdrawal."""

from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from uuid import UUID

import pytest
from sqlalchemy import func, select

from app.kernel.db import db, transaction
from app.points import ledger
from app.register.identity.roles import Role
from mall.vouchers import claims, importing, kinds, purchases
from mall.vouchers.models import Outcome, VoucherBatch, VoucherPurchase
from mall.vouchers.proof import QUESTIONS
from tests.given.factories import COUNTY
from tests.given.http import user_of
from tests.given.vouchers import codes, csv_of


def assert_true(app) -> None:
    with app.app_context():
        connection = db.session.connection()
        for name, question in QUESTIONS.items():
            assert connection.exec_driver_sql(question).all() == [], name


def buying(kind, family, user_id, noon):
    return lambda: purchases.buy(
        county_id=COUNTY,
        kind_id=UUID(kind),
        household_id=family.id,
        user_id=user_id,
        points=1_800,
        at=noon(),
    )


@pytest.mark.race("mall.vouchers.outside.sell")
def test_sixty_four_buyers_of_ten_codes_get_exactly_ten(app, given, desk, noon, together):
    kind = desk.kind(10)
    families = [desk.family(1_800) for _ in range(64)]
    users = [given.user() for _ in families]

    outcomes = together(
        buying(kind, family, user, noon) for family, user in zip(families, users, strict=True)
    )

    assert outcomes == {"done": 10, "SoldOut": 54}
    assert desk.states(kind) == {"sold": 10}
    assert desk.takings() == 18_000
    assert sum(given.spendable(family) for family in families) == 54 * 1_800
    with app.app_context():
        sold = db.session.scalars(select(VoucherPurchase.code_id)).all()
    assert len(set(sold)) == 10
    assert_true(app)


def test_one_key_sent_thirty_two_times_at_once_buys_one(app, given, desk, committed):
    kind = desk.kind(5)
    family = desk.family()
    phone = given.resident(family)

    with ThreadPoolExecutor(32) as pool:
        answers = list(pool.map(lambda _: desk.buy(phone, kind, key="buy-voucher-1"), range(32)))

    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json["id"] for answer in answers}) == 1
    assert given.spendable(family) == 8_200
    assert_true(app)


def test_the_members_of_a_household_keep_to_its_limit_together(app, given, desk, noon, together):
    kind = desk.kind(16, month_limit=3)
    family = desk.family(100_000)
    users = [given.user() for _ in range(16)]

    outcomes = together(buying(kind, family, user, noon) for user in users)

    assert outcomes == {"done": 3, "OverLimit": 13}
    assert desk.states(kind) == {"free": 13, "sold": 3}


@pytest.mark.race("mall.vouchers.kinds.held_kind")
def test_nothing_is_bought_after_a_withdrawal_has_answered(app, given, desk, noon, together):
    kind = desk.kind(40)
    admin = user_of(app, desk.admin)
    families = [desk.family(1_800) for _ in range(31)]
    users = [given.user() for _ in families]
    at_withdrawal = []

    def bought() -> int:
        return db.session.scalars(select(func.count()).select_from(VoucherPurchase)).one()

    def withdraw():
        kinds.withdraw_kind(county_id=COUNTY, kind_id=UUID(kind), by=admin, at=noon())
        # It holds the kind: whoever bought has committed, and whoever has not is refused.
        db.session.flush()
        at_withdrawal.append(bought())

    works = [buying(kind, family, user, noon) for family, user in zip(families, users, strict=True)]
    outcomes = together([*works[:15], withdraw, *works[15:]])

    sold = outcomes["done"] - 1
    assert outcomes.get("KindWithdrawn", 0) == 31 - sold
    assert at_withdrawal == [sold]
    assert desk.states(kind).get("sold", 0) == sold
    assert_true(app)


@pytest.mark.race("mall.vouchers.kinds._locked_kind")
def test_a_kind_is_withdrawn_once(app, given, desk, noon, together):
    kind = desk.kind()
    people = [given.user() for _ in range(16)]

    outcomes = together(
        lambda who=who: kinds.withdraw_kind(county_id=COUNTY, kind_id=UUID(kind), by=who, at=noon())
        for who in people
    )

    assert outcomes == {"done": 1, "KindWithdrawn": 15}


def test_a_claim_confirmed_sixteen_times_at_once_refunds_once(app, given, desk, noon, together):
    kind = desk.kind(1)
    family = desk.family()
    phone = given.resident(family)
    desk.claim(phone, desk.bought(phone, kind))
    claim_id = desk.claim_id()
    desk.propose(claim_id, Outcome.REFUND)
    digest = desk.digest(claim_id)
    judges = [given.caller(Role.FINANCE, given.county()) for _ in range(16)]

    outcomes = together(
        lambda judge=judge: claims.confirm(
            claim_id=UUID(claim_id), digest=digest, by=judge, at=noon()
        )
        for judge in judges
    )

    assert outcomes == {"done": 1, "AlreadyDecided": 15}
    assert given.spendable(family) == 10_000
    assert given.balance(ledger.shop(desk.counter.shop_id)) == 0
    assert_true(app)


@pytest.mark.race("mall.vouchers.importing._take_turns")
def test_one_file_imported_sixteen_times_at_once_is_one_batch(app, given, desk, noon, together):
    kind = desk.kind()
    admin = user_of(app, desk.admin)
    content = csv_of([(code, "") for code in codes(50)])

    outcomes = together(
        lambda: importing.import_batch(
            BytesIO(content),
            county_id=COUNTY,
            kind_id=UUID(kind),
            is_dry_run=False,
            by=admin,
            at=noon(),
        )
        for _ in range(16)
    )

    assert outcomes == {"done": 16}
    assert desk.states(kind) == {"waiting": 50}
    with app.app_context():
        assert db.session.scalars(select(VoucherBatch.count)).all() == [50]
    assert_true(app)


def test_two_files_that_share_a_code_are_not_both_imported(app, desk, noon, together):
    kind = desk.kind()
    admin = user_of(app, desk.admin)
    (shared,) = codes(1)
    files = [csv_of([(code, "") for code in (*codes(20), shared, *codes(20))]) for _ in range(8)]

    outcomes = together(
        lambda content=content: importing.import_batch(
            BytesIO(content),
            county_id=COUNTY,
            kind_id=UUID(kind),
            is_dry_run=False,
            by=admin,
            at=noon(),
        )
        for content in files
    )

    assert outcomes == {"done": 1, "BatchHasProblems": 7}
    assert desk.states(kind) == {"waiting": 41}


def test_a_code_that_ends_tonight_is_sold_or_withdrawn(app, given, desk, noon, together):
    from mall.vouchers import upkeep

    kind = desk.kind()
    desk.stock(kind, 10, "2026-06-01")
    families = [desk.family(1_800) for _ in range(20)]
    users = [given.user() for _ in families]
    tomorrow = noon().replace(day=2)
    works = [buying(kind, family, user, noon) for family, user in zip(families, users, strict=True)]

    together([*works[:8], lambda: upkeep.withdraw_expired(at=tomorrow), *works[8:]])

    states = desk.states(kind)
    assert states.get("sold", 0) + states.get("expired", 0) == 10
    assert desk.takings() == 1_800 * states.get("sold", 0)
    with app.app_context(), transaction():
        upkeep.withdraw_expired(at=tomorrow)
    assert_true(app)
