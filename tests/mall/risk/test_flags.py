"""Odd patterns at a shop ring; a person judges them before its money leaves."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from app.kernel import clock
from app.kernel.db import db, transaction
from app.kernel.ids import uuid7
from app.photos.models import Photo, PhotoState
from app.register.identity.models import RoleGrant
from app.register.identity.roles import Role
from app.sorting.self_checks.models import SelfCheck, SelfCheckState
from mall.campaigns.models import Subsidy
from mall.redemption.models import PayCode, Redemption, RedemptionState
from mall.risk import RiskFlag, RiskReason, service
from mall.risk.errors import FlagJudged
from mall.risk.jobs import look_at_shops
from mall.settlement.models import CashOutState
from tests.given.factories import COUNTY
from tests.given.http import post, user_of


class Till:
    """Writes redemptions as they stand after months, and looks at what rings."""

    def __init__(self, app, given, counter, noon) -> None:
        self._app, self._given, self._counter, self._noon = app, given, counter, noon

    def household(self, *, with_photo: bool = False):
        family = self._given.household(village=self._counter.village)
        if with_photo:
            self._approve_a_photo(family)
        return family

    def took(self, family, points: int, *, times: int = 1, every=timedelta(hours=13), void=0):
        """The shop took points so many times, the newest an hour ago."""
        with self._app.app_context(), transaction():
            for n in range(times):
                self._add(family, points, self._noon() - timedelta(hours=1) - n * every, n < void)

    def _add(self, family, points, paid_at, is_void):
        clerk_id = user_of(self._app, self._counter.clerk)
        code = PayCode(
            county_id=COUNTY,
            id=uuid7(paid_at),
            digest=uuid7(paid_at).bytes,
            digits_digest=uuid7(paid_at).bytes,
            household_id=family.id,
            user_id=clerk_id,
            issued_at=paid_at,
            expires_at=paid_at,
            used_at=paid_at,
            redemption_id=uuid7(paid_at),
        )
        db.session.add(code)
        db.session.flush()
        db.session.add(
            Redemption(
                county_id=COUNTY,
                id=code.redemption_id,
                household_id=family.id,
                user_id=clerk_id,
                shop_id=self._counter.shop_id,
                clerk_id=clerk_id,
                pay_code_id=code.id,
                points=points,
                state=RedemptionState.VOID if is_void else RedemptionState.PAID,
                paid_at=paid_at,
            )
        )

    def _approve_a_photo(self, family):
        at = self._noon() - timedelta(days=3)
        user_id = self._given.user()
        with self._app.app_context(), transaction():
            photo = Photo(
                county_id=COUNTY,
                id=uuid7(at),
                household_id=family.id,
                group_id=family.village.group_id,
                uploaded_by=user_id,
                received_at=at,
                upload_bytes=1,
                sha256=family.id.bytes * 2,
                state=PhotoState.READY,
                attempts=1,
                brightness=128,
            )
            db.session.add(photo)
            db.session.flush()
            db.session.add(
                SelfCheck(
                    county_id=COUNTY,
                    id=uuid7(at),
                    household_id=family.id,
                    village_id=family.village.id,
                    group_id=family.village.group_id,
                    user_id=user_id,
                    photo_id=photo.id,
                    state=SelfCheckState.APPROVED,
                    submitted_at=at,
                    findings=[],
                    reviewed_by=user_id,
                    reviewed_at=at,
                )
            )

    def rings(self) -> dict[RiskReason, dict[str, int]]:
        """What the night finds, by reason."""
        with self._app.app_context():
            look_at_shops()
            return {flag.reason: flag.figures for flag in db.session.scalars(select(RiskFlag))}


@pytest.fixture
def till(app, given, counter, noon):
    return Till(app, given, counter, noon)


def test_an_ordinary_shop_does_not_ring(till):
    for n in range(6):
        till.took(till.household(with_photo=True), 400 + n, times=3, every=timedelta(hours=31))

    assert till.rings() == {}


def test_a_shop_whose_customers_never_send_a_photo_rings(till):
    for _ in range(5):
        till.took(till.household(), 300)
    till.took(till.household(with_photo=True), 1_000)

    assert till.rings() == {
        RiskReason.NO_PHOTOS: {"points": 2_500, "points_without_photo": 1_500, "households": 5}
    }


def test_one_photo_more_and_the_share_is_no_longer_odd(till):
    for _ in range(5):
        till.took(till.household(), 300)
    till.took(till.household(with_photo=True), 1_001)

    assert till.rings() == {}


def test_households_that_pay_at_the_same_minute_on_five_days_ring(till):
    for _ in range(2):
        till.took(till.household(with_photo=True), 10, times=5, every=timedelta(days=1))

    assert till.rings() == {RiskReason.SAME_MINUTE: {"households": 2, "days": 5}}


@pytest.mark.parametrize(("households", "days"), [(1, 5), (2, 4)])
def test_a_habit_of_one_household_or_of_four_days_does_not_ring(till, households, days):
    for _ in range(households):
        till.took(till.household(with_photo=True), 10, times=days, every=timedelta(days=1))

    assert till.rings() == {}


def test_five_amounts_just_under_the_limit_ring(till):
    family = till.household(with_photo=True)
    till.took(family, 19_000, times=3)
    till.took(family, 20_000, times=2, every=timedelta(hours=17))
    till.took(family, 18_999, times=4, every=timedelta(hours=19))

    assert till.rings() == {RiskReason.UNDER_LIMIT: {"count": 5, "points": 97_000, "limit": 20_000}}


@pytest.mark.parametrize("role", ["clerk", "owner"])
def test_who_serves_at_the_shop_and_takes_their_own_points_rings(
    app, given, till, counter, role, noon
):
    family = till.household(with_photo=True)
    noon.move(hours=20)  # the rights are older than what was taken
    given.resident(family, user_id=user_of(app, getattr(counter, role)))
    till.took(family, 500, times=2)

    assert till.rings() == {
        RiskReason.OWN_HOUSEHOLD: {"count": 2, "points": 1_000, "households": 1}
    }


def test_many_voids_ring(till):
    family = till.household(with_photo=True)
    till.took(family, 10, times=25, void=5)

    assert till.rings() == {RiskReason.MANY_VOIDS: {"count": 25, "voids": 5}}


def test_four_voids_or_a_fifth_less_do_not_ring(till):
    family = till.household(with_photo=True)
    till.took(family, 10, times=26, void=5)

    assert till.rings() == {}


def test_households_that_just_use_up_a_days_subsidy_ring_and_those_that_buy_less_do_not(
    app, office, counter, till, noon
):
    funder = office.funder(1)
    campaign = UUID(office.campaign(funder, day_limit_fen=2_000))
    homes = [till.household(with_photo=True) for _ in range(5)]

    def subsidised(home, fen, at, n):
        return Subsidy(
            county_id=COUNTY,
            id=uuid7(at),
            reference=f"redemption:{home.id}:{at}:{n}",
            campaign_id=campaign,
            funder_id=funder,
            household_id=home.id,
            shop_id=counter.shop_id,
            market_price_fen=2 * fen,
            settlement_fen=2 * fen,
            points=fen,
            subsidy_fen=fen,
            paid_on=clock.day_of(at),
            paid_at=at,
        )

    def paid(days, *amounts):
        with app.app_context(), transaction():
            for day in days:
                at = noon() - timedelta(days=day)
                for home in homes:
                    db.session.add_all(
                        subsidised(home, fen, at, n) for n, fen in enumerate(amounts)
                    )

    paid(range(3, 13), 900, 900)  # 18 yuan of 20 a day
    paid([1], 1_000, 990)
    assert till.rings() == {}
    paid([2], 2_000)

    assert till.rings() == {
        RiskReason.FULL_SUBSIDY: {"count": 10, "subsidy_fen": 5 * 3_990, "households": 5}
    }


def test_a_pattern_that_lasts_keeps_its_flag_and_renews_the_figures(till, noon):
    family = till.household(with_photo=True)
    till.took(family, 19_500, times=5)
    assert till.rings() == {RiskReason.UNDER_LIMIT: {"count": 5, "points": 97_500, "limit": 20_000}}
    noon.move(days=1)
    till.took(family, 20_000)

    assert till.rings() == {
        RiskReason.UNDER_LIMIT: {"count": 6, "points": 117_500, "limit": 20_000}
    }


@pytest.fixture
def flagged(till, given):
    """The shop's open flag, as the finance officer sees it."""
    till.took(till.household(with_photo=True), 19_500, times=5)
    till.rings()
    finance = given.staff(Role.FINANCE, given.county())
    (flag,) = finance.get("/api/v1/risk-flags").json["items"]
    return flag


def judge(client, flag, *, is_confirmed=False, note="店主说是同一家办喜事"):
    body = {"is_confirmed": is_confirmed, "note": note}
    return post(client, f"risk-flags/{flag['id']}/judgement", body)


def test_a_flag_says_what_was_seen(flagged):
    assert flagged["reason"] == "under_limit"
    assert flagged["sentence"] == (
        "近 30 天，有 5 笔刚好不到单笔上限 200.00 元，共 975.00 元，请核对是不是拆开付款"
    )


def test_a_flagged_shop_is_not_paid_by_itself(given, mall, counter, flagged):
    mall.takings(counter, 1_000)
    finance = given.staff(Role.FINANCE, given.county())

    asked = mall.asked(counter, 500)

    assert asked.state is CashOutState.AWAITING_RELEASE
    refused = post(finance, f"cash-outs/{asked.id}/release")
    assert (refused.status_code, refused.json["code"]) == (409, "settlement.shop_flagged")
    assert mall.state(asked) is CashOutState.AWAITING_RELEASE
    judge_of_it = given.staff(Role.COUNTY_ADMIN, given.county())
    assert judge(judge_of_it, flagged).json["state"] == "cleared"
    assert post(finance, f"cash-outs/{asked.id}/release").json["state"] == "created"


# trust-cases 16
def test_who_clears_a_flag_does_not_release_the_money(app, given, mall, counter, flagged):
    mall.takings(counter, 1_000)
    clears, releases = (given.staff(Role.FINANCE, given.county()) for _ in range(2))
    asked = mall.asked(counter, 500)
    assert judge(clears, flagged).json["state"] == "cleared"

    refused = post(clears, f"cash-outs/{asked.id}/release")

    assert (refused.status_code, refused.json["code"]) == (403, "trust.interested")
    assert mall.state(asked) is CashOutState.AWAITING_RELEASE
    assert post(releases, f"cash-outs/{asked.id}/release").status_code == 200
    assert mall.state(asked) is CashOutState.CREATED


# trust-cases 16
def test_one_payment_more_of_the_pattern_rings_again_though_it_was_judged_yesterday(
    till, given, flagged, noon
):
    finance = given.staff(Role.FINANCE, given.county())
    judge(finance, flagged)
    noon.move(days=1)
    till.took(till.household(with_photo=True), 100)
    till.rings()
    assert finance.get("/api/v1/risk-flags").json["items"] == []  # another pattern is no news

    noon.move(days=1)
    till.took(till.household(with_photo=True), 19_500)
    till.rings()

    (again,) = finance.get("/api/v1/risk-flags").json["items"]
    assert (again["reason"], again["figures"]["count"]) == ("under_limit", 6)
    assert again["id"] != flagged["id"]


def ended(app, given, user_id, noon):
    with app.app_context(), transaction():
        grants = select(RoleGrant).where(RoleGrant.user_id == user_id)
        for grant in db.session.scalars(grants):
            grant.revoked_at = noon()


def test_a_right_that_was_ended_before_the_night_still_counts(
    app, given, till, mall, counter, noon
):
    family = till.household(with_photo=True)
    clerk_id = user_of(app, counter.clerk)
    given.resident(family, user_id=clerk_id)
    noon.move(hours=2)
    till.took(family, 1_000)
    ended(app, given, clerk_id, noon)
    mall.takings(counter, 100)

    asked = mall.asked(counter, 100)

    assert asked.state is CashOutState.AWAITING_RELEASE  # below the limit, the same day
    assert till.rings() == {
        RiskReason.OWN_HOUSEHOLD: {"count": 1, "points": 1_000, "households": 1}
    }


def test_a_shop_that_takes_from_relations_is_paid_by_a_person(
    app, given, till, mall, counter, noon, related
):
    own, relation = till.household(), till.household()
    given.resident(own, user_id=user_of(app, counter.owner))
    related(own, relation)
    mall.takings(counter, 100)
    noon.move(hours=2)
    assert mall.asked(counter, 50).state is CashOutState.CREATED
    till.took(relation, 10)

    assert mall.asked(counter, 50).state is CashOutState.AWAITING_RELEASE


def test_what_was_judged_does_not_ring_again_for_the_same_month(till, given, flagged, noon):
    finance = given.staff(Role.FINANCE, given.county())
    judge(finance, flagged, is_confirmed=True)

    till.rings()

    assert finance.get("/api/v1/risk-flags").json["items"] == []
    (judged,) = finance.get("/api/v1/risk-flags?is_open=false").json["items"]
    assert (judged["state"], judged["note"]) == ("confirmed", "店主说是同一家办喜事")
    again = judge(finance, flagged)
    assert (again.status_code, again.json["code"]) == (409, "risk.flag_judged")


def test_nobody_judges_their_own_shop(app, given, counter, flagged):
    owner_id = user_of(app, counter.owner)
    given.grant(owner_id, Role.FINANCE, given.county())

    refused = judge(given.signed_in(owner_id), flagged)

    assert (refused.status_code, refused.json["code"]) == (403, "trust.interested")


def test_a_flag_of_elsewhere_is_not_found(given, flagged):
    elsewhere = given.staff(Role.FINANCE, given.village().town_id)

    refused = judge(elsewhere, flagged)

    assert (refused.status_code, refused.json["code"]) == (404, "risk.flag_not_found")
    assert elsewhere.get("/api/v1/risk-flags").json["items"] == []


@pytest.mark.race("mall.risk.service.judge")
def test_of_two_judgements_one_stands(app, given, till, noon, together, counter):
    till.took(till.household(with_photo=True), 19_500, times=5)
    till.rings()
    with app.app_context():
        flag_id = db.session.scalars(select(RiskFlag.id)).one()
    judges = [given.caller(Role.FINANCE, given.county()) for _ in range(8)]

    outcomes = together(
        lambda by=by: service.judge(
            flag_id=flag_id, is_confirmed=True, note="核对过了", by=by, at=noon()
        )
        for by in judges
    )

    assert outcomes == {"done": 1, FlagJudged.__name__: 7}


def test_every_reason_has_its_query_and_its_words():
    from mall.risk.rules import QUERIES
    from mall.risk.words import _WORDS

    assert set(QUERIES) == set(_WORDS) == set(RiskReason)
