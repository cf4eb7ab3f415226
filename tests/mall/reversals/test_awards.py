"""An award is taken back by two people; what was spent of it becomes a debt."""

from datetime import date

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError, ProgrammingError

from app.kernel.db import db, transaction
from app.messages.notices import Notice
from app.points import ledger
from app.points.awards import Rule, explanations
from app.points.awards import jobs as award_jobs
from app.points.awards.models import Award, Debt, DebtRepayment
from app.register.identity.roles import Role
from tests.given.factories import COUNTY
from tests.given.http import assert_refused, post, user_of
from tests.given.reversals import REASON

LAST_DAY = date(2027, 3, 31)


def budget(given, family):
    return given.balance(ledger.village_budget(family.village.id))


@pytest.fixture
def owed(app):
    """What the household owes by its debts, which must be what the ledger says as well."""

    def run(family):
        with app.app_context():
            debts = db.session.scalar(
                select(func.coalesce(func.sum(Debt.points), 0)).where(
                    Debt.household_id == family.id
                )
            )
            repaid = db.session.scalar(
                text("""
                    SELECT coalesce(sum(t.amount), 0) FROM ledger.transfers t
                      JOIN ledger.accounts a ON a.county_id = t.county_id AND a.id = t.debit
                     WHERE t.kind = 'repayment' AND a.owner = :owner
                """),
                {"owner": family.id},
            )
            recorded = db.session.scalar(
                select(func.coalesce(func.sum(DebtRepayment.points), 0))
                .join(Debt, Debt.id == DebtRepayment.debt_id)
                .where(Debt.household_id == family.id)
            )
            assert recorded == repaid
            return int(debts - repaid)

    return run


def test_two_people_take_an_award_back(app, given, decide, desk, family):
    award = decide(family, Rule.CHECKED_A)

    asked = desk.ask("award", award.id)
    assert (asked.status_code, asked.json["state"]) == (201, "proposed")
    assert given.spendable(family) == 10
    confirmed = desk.confirm(asked.json["id"])

    assert (confirmed.status_code, confirmed.json["state"]) == (200, "confirmed")
    assert (confirmed.json["moved"], confirmed.json["owed"]) == (10, 0)
    assert given.spendable(family) == 0
    assert budget(given, family) == 1_000
    assert desk.asker.get("/api/v1/reversals").json["items"] == [confirmed.json]


def test_the_household_reads_why(app, given, decide, desk, family):
    award = decide(family, Rule.CHECKED_A)
    resident = given.resident(family)
    neighbour = given.resident(given.household(village=family.village))

    reversal = desk.reverse("award", award.id).json

    shown = resident.get("/api/v1/awards").json["items"][0]
    assert shown["message"] == f"上门检查评为 A 级，10 分后来撤销了，原因：{REASON}"
    assert resident.get("/api/v1/points/reversals").json["items"] == [
        {
            "id": reversal["id"],
            "subject": "award",
            "subject_id": str(award.id),
            "points": 10,
            "moved": 10,
            "owed": 0,
            "reason": REASON,
            "decided_at": reversal["decided_at"],
        }
    ]
    assert neighbour.get("/api/v1/points/reversals").json["items"] == []
    with app.app_context():
        notice = db.session.scalars(select(Notice).where(Notice.kind == "award_reversed")).one()
    assert (notice.household_id, notice.details) == (
        family.id,
        {"points": 10, "moved": 10, "owed": 0},
    )


def test_what_was_spent_is_owed_and_later_awards_repay_it(
    given, decide, desk, family, counter, pay, owed, noon
):
    award = decide(family, Rule.CHECKED_A)
    resident = given.resident(family)
    pay(family, counter, 8, resident)

    reversal = desk.reverse("award", award.id).json
    assert (reversal["moved"], reversal["owed"], owed(family)) == (2, 8, 8)
    assert resident.get("/api/v1/points").json["owed"] == 8
    assert given.spendable(family) == 0

    noon.move(days=1)
    partly = decide(family, Rule.SELF_CHECK)
    assert (partly.repaid, given.spendable(family), owed(family)) == (5, 0, 3)
    assert explanations.sentence(partly) == "自查照片审核通过，得 5 分，其中 5 分抵了之前欠的积分"
    noon.move(days=1)
    rest = decide(family, Rule.SELF_CHECK)
    assert (rest.repaid, given.spendable(family), owed(family)) == (3, 2, 0)
    noon.move(days=1)
    assert decide(family, Rule.SELF_CHECK).repaid == 0

    assert given.spendable(family) == 7
    assert resident.get("/api/v1/points").json["owed"] == 0
    # The shop keeps its 8; the village gave 25 in awards and got 2 + 8 back.
    assert given.balance(ledger.shop(counter.shop_id)) == 8
    assert budget(given, family) == 1_000 - 25 + 10


def test_sale_points_are_neither_taken_nor_do_they_repay(
    given, decide, desk, family, counter, pay, owed, noon
):
    award = decide(family, Rule.CHECKED_A)
    pay(family, counter, 10)
    given.points(family, 500, expires_on=None)

    reversal = desk.reverse("award", award.id).json

    assert (reversal["moved"], reversal["owed"]) == (0, 10)
    given.points(family, 70, expires_on=None)
    assert given.balance(ledger.household(family.id)) == 570
    assert owed(family) == 10
    noon.move(days=1)
    decide(family, Rule.SELF_CHECK)
    assert (given.balance(ledger.household(family.id)), owed(family)) == (570, 5)


def test_the_oldest_debt_is_repaid_first_and_each_village_gets_its_own(
    app, given, decide, desk, family, counter, pay, noon, owed
):
    first = decide(family, Rule.CHECKED_A)
    pay(family, counter, 10)
    desk.reverse("award", first.id)
    noon.move(days=1)
    # The household lives elsewhere by now.
    elsewhere = given.village()
    given.budget(elsewhere, 100)
    moved = type(family)(family.id, family.head_id, elsewhere)

    decide(moved, Rule.CHECKED_B)

    assert owed(family) == 5
    assert budget(given, family) == 1_000 - 10 + 5
    assert given.balance(ledger.village_budget(elsewhere.id)) == 95


def test_points_earned_earlier_cover_a_reversal_before_anything_is_owed(
    given, decide, desk, family, counter, pay, noon
):
    award = decide(family, Rule.CHECKED_A)
    noon.move(days=1)
    decide(family, Rule.CHECKED_A)
    pay(family, counter, 10)

    reversal = desk.reverse("award", award.id).json

    assert (reversal["moved"], reversal["owed"], given.spendable(family)) == (10, 0, 0)


def test_an_award_that_repaid_a_debt_can_be_reversed_too(
    given, decide, desk, family, counter, pay, noon, owed
):
    first = decide(family, Rule.CHECKED_A)
    pay(family, counter, 10)
    desk.reverse("award", first.id)
    noon.move(days=1)
    second = decide(family, Rule.CHECKED_A)
    assert (second.repaid, owed(family)) == (10, 0)

    desk.reverse("award", second.id)

    assert owed(family) == 10
    assert given.spendable(family) == 0
    # 10 were spent in a shop and nothing was rightly earned: that is what is owed.
    assert budget(given, family) == 990


def test_an_award_that_waits_for_money_is_never_paid(app, given, decide, desk):
    poor = given.household(village=given.village())
    award = decide(poor, Rule.CHECKED_A)

    reversal = desk.reverse("award", award.id).json
    given.budget(poor.village, 100)
    award_jobs.pay_waiting()

    assert (reversal["moved"], reversal["owed"]) == (0, 0)
    assert given.spendable(poor) == 0
    assert given.balance(ledger.village_budget(poor.village.id)) == 100


def test_a_reversed_award_still_counts_under_the_cap(decide, desk, family):
    desk.reverse("award", decide(family).id)

    assert decide(family).points == 0


def test_an_award_whose_points_expired_is_not_reversed(given, decide, desk, family, noon):
    award = decide(family, Rule.CHECKED_A)
    asked = desk.ask("award", award.id).json
    noon.at = noon.at.replace(year=2027, month=3, day=1)
    desk = type(desk)(*(given.staff(Role.COUNTY_ADMIN, given.county()) for _ in range(2)))
    noon.move(days=31)

    sentence = "这笔奖励的积分已经过了有效期，不能再撤销"
    assert_refused(desk.ask("award", award.id), 409, "award.too_old", sentence)
    assert_refused(desk.confirm(asked["id"]), 409, "award.too_old", sentence)

    assert given.balance(ledger.household(family.id, LAST_DAY)) == 10


def test_nobody_confirms_their_own_request(given, decide, desk, family):
    asked = desk.ask("award", decide(family, Rule.CHECKED_A).id).json

    answer = desk.confirm(asked["id"], client=desk.asker)

    assert_refused(
        answer,
        403,
        "trust.same_person",
        "自己经办的不能自己复核，请换一位同事",
    )
    assert given.spendable(family) == 10


def test_nobody_decides_about_their_own_household(app, given, decide, desk, family):
    award = decide(family, Rule.CHECKED_A)
    given.resident(family, user_id=user_of(app, desk.asker))

    answer = desk.ask("award", award.id)
    assert_refused(answer, 403, "trust.same_household", "这件事和您自己家有关，请换一位同事来处理")

    asked = desk.ask("award", award.id, client=desk.decider).json
    assert_refused(desk.confirm(asked["id"], desk.asker), 403, "trust.same_household")
    assert given.spendable(family) == 10


def test_a_second_request_waits_for_the_first_to_be_declined(given, decide, desk, family):
    award = decide(family, Rule.CHECKED_A)
    first = desk.ask("award", award.id).json

    assert_refused(desk.ask("award", award.id), 409, "reversal.already_proposed")
    declined = post(desk.decider, f"reversals/{first['id']}/refusal")

    assert (declined.status_code, declined.json["state"]) == (200, "declined")
    assert_refused(desk.confirm(first["id"]), 409, "decisions.decided")
    assert given.spendable(family) == 10
    assert desk.ask("award", award.id).status_code == 201


def test_a_reversed_award_is_not_reversed_again(given, decide, desk, family):
    award = decide(family, Rule.CHECKED_A)
    reversal = desk.reverse("award", award.id).json

    assert_refused(desk.confirm(reversal["id"]), 409, "decisions.decided")
    assert_refused(desk.ask("award", award.id), 409, "award.reversed")
    assert budget(given, family) == 1_000


def test_a_repeat_of_the_confirmation_answers_as_the_first_time(given, decide, desk, family):
    asked = desk.ask("award", decide(family, Rule.CHECKED_A).id).json

    first = desk.confirm(asked["id"], key="confirm-1")
    second = desk.confirm(asked["id"], key="confirm-1")

    assert (first.status_code, first.json) == (second.status_code, second.json)
    assert budget(given, family) == 1_000


def test_an_award_of_nothing_is_not_reversed(decide, desk, family):
    assert_refused(
        desk.ask("award", decide(family, Rule.CHECKED_C).id),
        409,
        "award.nothing_to_reverse",
        "这笔奖励是 0 分，不需要撤销",
    )


def test_a_frozen_household_is_not_said_to_have_spent_its_points(
    app, given, decide, desk, family, owed
):
    award = decide(family, Rule.CHECKED_A)
    asked = desk.ask("award", award.id).json
    with app.app_context(), transaction():
        ledger.freeze(county_id=COUNTY, account=ledger.household(family.id, LAST_DAY))

    assert_refused(desk.confirm(asked["id"]), 409, "ledger.account_frozen")

    assert owed(family) == 0
    assert desk.asker.get("/api/v1/reversals").json["items"][0]["state"] == "proposed"
    with app.app_context():
        assert db.session.get(Award, (COUNTY, award.id)).reversed_at is None


@pytest.mark.parametrize("role", [Role.VILLAGE_ADMIN, Role.TOWN_ADMIN])
def test_who_stands_above_the_reviewer_decides_in_their_own_area_alone(
    role, given, decide, desk, family
):
    award = decide(family, Rule.CHECKED_A)
    place = {Role.VILLAGE_ADMIN: "id", Role.TOWN_ADMIN: "town_id"}[role]
    near = given.staff(role, getattr(family.village, place))
    far = given.staff(role, getattr(given.village(), place))

    assert_refused(
        desk.ask("award", award.id, client=far),
        404,
        "reversal.subject_not_found",
        "没有找到要撤销的记录，请核对后再试",
    )
    asked = desk.ask("award", award.id, client=near)
    assert asked.status_code == 201
    assert_refused(desk.confirm(asked.json["id"], client=far), 404, "reversal.not_found")
    assert far.get("/api/v1/reversals").json["items"] == []
    assert near.get("/api/v1/reversals").json["items"] == [asked.json]
    assert given.spendable(family) == 10


def test_finance_does_not_judge_awards(given, decide, desk, family):
    finance = given.staff(Role.FINANCE, given.county())
    award = decide(family, Rule.CHECKED_A)
    asked = desk.ask("award", award.id).json

    assert_refused(desk.ask("award", award.id, client=finance), 404, "reversal.subject_not_found")
    assert_refused(desk.confirm(asked["id"], client=finance), 404, "reversal.not_found")


DECIDERS = {Role.VILLAGE_ADMIN, Role.TOWN_ADMIN, Role.COUNTY_ADMIN, Role.FINANCE}


@pytest.mark.parametrize("role", sorted(set(Role) - DECIDERS))
def test_nobody_else_reverses(role, given, decide, desk, family):
    award = decide(family, Rule.CHECKED_A)
    asked = desk.ask("award", award.id).json
    somebody = given.staff(role, given.county())

    assert desk.ask("award", award.id, client=somebody).status_code == 403
    assert desk.confirm(asked["id"], client=somebody).status_code == 403
    assert post(somebody, f"reversals/{asked['id']}/refusal").status_code == 403
    listed = somebody.get("/api/v1/reversals").status_code
    assert listed == (200 if role is Role.AUDITOR else 403)
    assert given.spendable(family) == 10


@pytest.mark.parametrize(
    "change",
    [
        {"subject": "household"},
        {"subject_id": "x"},
        {"reason": "错了"},
        {"reason": "      "},
        {"reason": None},
    ],
)
def test_a_malformed_request_is_refused(change, decide, desk, family):
    body = {
        "subject": "award",
        "subject_id": str(decide(family).id),
        "reason": REASON,
    } | change

    assert_refused(post(desk.asker, "reversals", body), 422, "invalid_request")


@pytest.mark.parametrize("table", ["notices", "debts", "debt_repayments"])
@pytest.mark.parametrize("change", ["DELETE FROM {}", "UPDATE {} SET id = id"])
def test_the_application_cannot_change_what_was_told_owed_or_repaid(app, table, change):
    with app.app_context(), pytest.raises(ProgrammingError, match="permission denied"):
        db.session.execute(text(change.format(table)))


CONFIRMED = "state = 'confirmed', decided_at = now(), moved = 10, owed = 0"
ANOTHER = "(SELECT id FROM users u WHERE u.id <> proposed_by LIMIT 1)"


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        (f"{CONFIRMED}, decided_by = proposed_by", "decided_by_another"),
        (f"{CONFIRMED.replace('10', '3')}, decided_by = {ANOTHER}", "parts_add_up"),
        ("moved = 10, owed = 0", "confirmed_says_what_moved"),
        ("state = 'declined'", "decision_is_whole"),
    ],
)
def test_the_database_keeps_the_rules_as_well(change, rule, app, decide, desk, family):
    desk.ask("award", decide(family, Rule.CHECKED_A).id)

    with app.app_context(), pytest.raises(IntegrityError, match=rule):
        db.session.execute(text(f"UPDATE reversals SET {change}"))
