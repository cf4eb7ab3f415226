"""Second opinions, and what is disputed: escalated, judged differently, appealed."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select

from app.kernel.db import db
from app.messages.notices.models import Notice
from app.points.awards.models import Award
from app.register.identity.roles import Role
from app.sorting.self_checks import sampling
from app.sorting.self_checks.models import Review
from tests.given import pictures
from tests.given.http import user_of
from tests.given.self_checks import (
    body_of,
    judge,
    leased,
    review_id,
    rule,
    screen,
    send,
    verdict,
)

UNSURE = {"verdict": "escalate", "note": "袋子没打开，看不出来"}


WRONG_KIND = "有垃圾放错了桶，请对照分类图改正后，重新拍一张"


@pytest.fixture
def second(given, family):
    """The client of a second reviewer."""
    return given.staff(Role.REVIEWER, family.village.id)


@pytest.fixture
def agree_or_not(sampled, waiting, reviewer, second):
    """Have two reviewers judge a photo: the reasons of their rejections, None to approve."""

    def run(first_reason, second_reason) -> str:
        sampled(True)
        self_check_id = waiting()
        judge(reviewer, self_check_id, first_reason)
        leased(second)
        given = verdict(second, review_id(second, self_check_id, "second"), body_of(second_reason))
        assert given.status_code == 200, given.json
        return self_check_id

    return run


@pytest.fixture
def appealed(family, of_resident):
    def appeal(self_check_id, sentence="桶里都是菜叶，请再看看", client=None):
        return (client or of_resident(family)).post(
            f"/api/v1/self-checks/{self_check_id}/appeal",
            json={"sentence": sentence},
            headers={"Idempotency-Key": uuid4().hex},
        )

    return appeal


@pytest.fixture
def told(app, family):
    """The notices to the household: kind and details."""

    def read():
        with app.app_context():
            rows = db.session.scalars(
                select(Notice)
                .where(Notice.household_id == family.id)
                .order_by(Notice.written_at, Notice.kind.desc(), Notice.id)
            )
            return [(row.kind, row.details) for row in rows]

    return read


@pytest.fixture
def stages(app):
    def read(self_check_id) -> dict[str, str | None]:
        with app.app_context():
            rows = db.session.scalars(select(Review).where(Review.self_check_id == self_check_id))
            return {row.stage.value: row.verdict and row.verdict.value for row in rows}

    return read


def shown(client, self_check_id):
    return client.get(f"/api/v1/self-checks/{self_check_id}").json


def waits(client) -> dict[str, int]:
    found = client.get("/api/v1/reviews/waiting").json["items"]
    return {item["stage"]: item["waiting"] for item in found}


def test_what_waits_is_counted_for_whom_it_is(
    waiting, reviewer, appealed, given, family, senior, app
):
    self_check_id, _ = waiting(), waiting()
    judge(reviewer, self_check_id, "wrong_kind")
    assert appealed(self_check_id).status_code == 201
    one_of_them = given.resident(family)
    given.grant(user_of(app, one_of_them), Role.COUNTY_ADMIN, family.village.county_region_id)
    given.grant(user_of(app, one_of_them), Role.REVIEWER, family.village.county_region_id)
    both = given.staff(Role.REVIEWER, family.village.id)
    given.grant(user_of(app, both), Role.VILLAGE_ADMIN, family.village.id)
    auditor = given.staff(Role.AUDITOR, family.village.county_region_id)

    assert waits(reviewer) == {"first": 1}
    assert waits(senior) == {"appeal": 1}
    assert waits(both) == waits(auditor) == {"first": 1, "appeal": 1}
    assert waits(one_of_them) == {}
    assert leased(one_of_them, "rulings") == []


def test_who_judged_a_photo_is_not_told_that_its_appeal_waits(
    waiting, reviewer, appealed, given, family, senior, app
):
    self_check_id = waiting()
    given.grant(user_of(app, reviewer), Role.COUNTY_ADMIN, family.village.county_region_id)
    judge(reviewer, self_check_id, "wrong_kind")
    assert appealed(self_check_id).status_code == 201

    assert (waits(reviewer), leased(reviewer, "rulings")) == ({}, [])
    assert waits(senior) == {"appeal": 1}


def test_a_household_is_told_that_its_photo_was_rejected_and_what_to_do(
    waiting, reviewer, of_resident, family, told
):
    self_check_id, approved = waiting(), waiting()

    judge(reviewer, self_check_id, "wrong_kind")
    judge(reviewer, approved)

    assert told() == [("photo_rejected", {"self_check_id": self_check_id, "said": WRONG_KIND})]
    (read,) = of_resident(family).get("/api/v1/notices").json["items"]
    assert read["sentence"] == f"您家的一张自查照片没有通过：{WRONG_KIND}"


def test_what_the_machine_rejects_is_told_to_the_household_too(family, of_resident, told):
    content = pictures.photo(90_007)
    resident = of_resident(family)
    screen(send(resident, content).json["id"])
    repeated = send(resident, content).json["id"]
    screen(repeated)

    said = "这张照片以前交过了，请重新拍一张今天的"
    assert told() == [("photo_rejected", {"self_check_id": repeated, "said": said})]


def test_a_photo_rejected_after_somebody_was_not_sure_is_told_once(waiting, reviewer, senior, told):
    self_check_id = waiting()
    leased(reviewer)
    verdict(reviewer, review_id(reviewer, self_check_id), UNSURE)

    rule(senior, self_check_id, "wrong_kind")

    assert told() == [("photo_rejected", {"self_check_id": self_check_id, "said": WRONG_KIND})]


def test_a_sampled_photo_is_paid_at_once_and_lent_to_somebody_else(
    sampled, given, family, waiting, reviewer, second, stages
):
    sampled(True)
    self_check_id = waiting()

    judge(reviewer, self_check_id)

    assert given.spendable(family) == 5
    assert leased(reviewer) == []
    (lent,) = leased(second)
    assert lent["id"] == str(review_id(second, self_check_id, "second"))
    assert "stage" not in lent
    assert stages(self_check_id) == {"first": "approve", "second": None}


def test_two_who_agree_change_nothing(agree_or_not, given, family, senior, stages, told):
    self_check_id = agree_or_not(None, None)

    assert stages(self_check_id) == {"first": "approve", "second": "approve"}
    assert (given.spendable(family), leased(senior, "rulings"), told()) == (5, [], [])


def test_two_reasons_of_rejection_agree(agree_or_not, stages):
    self_check_id = agree_or_not("wrong_kind", "unreadable")

    assert stages(self_check_id) == {"first": "reject", "second": "reject"}


def test_two_of_three_take_the_points_back(
    app, agree_or_not, given, family, senior, stages, told, of_resident
):
    self_check_id = agree_or_not(None, "wrong_kind")
    assert given.spendable(family) == 5

    assert rule(senior, self_check_id, "wrong_kind").status_code == 200

    assert stages(self_check_id) == {"first": "approve", "second": "reject", "third": "reject"}
    assert given.spendable(family) == 0
    seen = shown(of_resident(family), self_check_id)
    assert (seen["state"], seen["points"]) == ("rejected", 0)
    assert seen["message"] == "有垃圾放错了桶，请对照分类图改正后，重新拍一张"
    assert seen["can_appeal_until"] is None
    with app.app_context():
        award = db.session.scalars(select(Award)).one()
        review = db.session.scalars(select(Review).where(Review.stage == "third")).one()
    assert award.reversed_because == (
        "又请两个人看过照片，有垃圾放错了桶，请对照分类图改正后，重新拍一张"
    )
    assert (review.taken, review.owed) == (5, 0)
    assert told() == [
        (
            "review_overturned",
            {"self_check_id": self_check_id, "points": 5, "moved": 5, "owed": 0},
        )
    ]


def test_a_third_who_agrees_with_the_first_lets_it_stand(agree_or_not, given, family, senior, told):
    self_check_id = agree_or_not(None, "wrong_kind")

    rule(senior, self_check_id)

    assert (given.spendable(family), told()) == (5, [])


def test_two_of_three_pay_what_the_first_refused(agree_or_not, given, family, senior, told):
    self_check_id = agree_or_not("wrong_kind", None)
    assert given.spendable(family) == 0

    rule(senior, self_check_id)

    assert given.spendable(family) == 5
    assert [kind for kind, _ in told()] == ["photo_rejected", "review_overturned"]


def test_an_approval_beyond_the_cap_is_overturned_without_points(
    agree_or_not, sampled, waiting, reviewer, given, family, senior, state_of
):
    judge(reviewer, waiting())
    self_check_id = agree_or_not(None, "wrong_kind")

    assert rule(senior, self_check_id, "wrong_kind").status_code == 200

    assert (state_of(self_check_id), given.spendable(family)) == ("rejected", 5)


def test_an_escalated_photo_waits_for_somebody_above(
    given, family, waiting, reviewer, senior, state_of, of_resident
):
    self_check_id = waiting()
    leased(reviewer)

    verdict(reviewer, review_id(reviewer, self_check_id), UNSURE)

    assert shown(of_resident(family), self_check_id)["message"] == (
        "照片有点看不准，正请另一位工作人员看，请再等一等"
    )
    (lent,) = leased(senior, "rulings")
    assert (lent["stage"], lent["note"], lent["reject_reason"]) == ("third", UNSURE["note"], None)
    assert rule(senior, self_check_id).status_code == 200
    assert (state_of(self_check_id), given.spendable(family)) == ("approved", 5)


@pytest.mark.parametrize("body", [{"verdict": "escalate"}, {**UNSURE, "reason": "unreadable"}])
def test_an_escalation_has_a_note_and_no_reason(waiting, reviewer, state_of, body):
    self_check_id = waiting()
    leased(reviewer)

    refused = verdict(reviewer, review_id(reviewer, self_check_id), body)

    assert refused.status_code == 422
    assert state_of(self_check_id) == "waiting"


def test_nobody_above_escalates_further(waiting, reviewer, senior, state_of):
    self_check_id = waiting()
    leased(reviewer)
    verdict(reviewer, review_id(reviewer, self_check_id), UNSURE)
    leased(senior, "rulings")

    found = review_id(senior, self_check_id, "third")
    refused = verdict(senior, found, UNSURE, desk="rulings")

    assert refused.status_code == 422
    assert state_of(self_check_id) == "escalated"


def test_who_judged_first_is_not_lent_the_dispute(given, family, waiting, sampled):
    user_id = given.user()
    given.grant(user_id, Role.REVIEWER, family.village.id)
    given.grant(user_id, Role.VILLAGE_ADMIN, family.village.id)
    both = given.signed_in(user_id)
    self_check_id = waiting()
    leased(both)
    verdict(both, review_id(both, self_check_id), UNSURE)

    assert leased(both, "rulings") == []


def test_reviewers_do_not_decide_disputes(reviewer):
    assert reviewer.post("/api/v1/rulings/next").status_code == 403


def test_an_appeal_that_succeeds_is_paid_by_the_rules_of_its_day(
    app, given, family, waiting, reviewer, senior, appealed, of_resident, noon, told
):
    self_check_id = waiting()
    judge(reviewer, self_check_id, "wrong_kind")
    assert shown(of_resident(family), self_check_id)["can_appeal_until"] == (
        "2026-06-08T16:00:00+00:00"
    )

    made = appealed(self_check_id)

    assert (made.status_code, made.json["state"]) == (201, "waiting")
    seen = shown(of_resident(family), self_check_id)
    assert (seen["appeal"], seen["can_appeal_until"]) == ("waiting", None)
    noon.move(days=2)
    (lent,) = leased(senior, "rulings")
    assert (lent["stage"], lent["sentence"]) == ("appeal", "桶里都是菜叶，请再看看")
    assert lent["reject_reason"] == "wrong_kind"
    rule(senior, self_check_id, stage="appeal")
    seen = shown(of_resident(family), self_check_id)
    assert (seen["state"], seen["points"], seen["appeal"]) == ("approved", 5, "overturned")
    assert given.spendable(family) == 5
    with app.app_context():
        award = db.session.scalars(select(Award)).one()
    assert (award.day.isoformat(), award.decided_as) == ("2026-06-01", Role.COUNTY_ADMIN)
    assert told() == [
        ("photo_rejected", {"self_check_id": self_check_id, "said": WRONG_KIND}),
        (
            "appeal_decided",
            {"self_check_id": self_check_id, "points": 5, "state": "overturned"},
        ),
    ]


def test_a_cap_of_the_day_holds_for_an_appeal(
    given, family, waiting, reviewer, senior, appealed, of_resident
):
    self_check_id = waiting()
    judge(reviewer, self_check_id, "wrong_kind")
    judge(reviewer, waiting())
    appealed(self_check_id)

    rule(senior, self_check_id, stage="appeal")

    assert shown(of_resident(family), self_check_id)["points"] == 0
    assert given.spendable(family) == 5


def test_an_appeal_that_fails_is_answered(
    given, family, waiting, reviewer, senior, appealed, of_resident
):
    self_check_id = waiting()
    judge(reviewer, self_check_id, "wrong_kind")
    appealed(self_check_id)
    silent = rule(senior, self_check_id, "wrong_kind", stage="appeal")
    assert (silent.status_code, silent.json["code"]) == (422, "review.note_missing")

    rule(senior, self_check_id, "wrong_kind", stage="appeal", note="右边桶里有个电池")

    (made,) = of_resident(family).get("/api/v1/appeals").json["items"]
    assert (made["state"], made["answer"]) == ("stands", "右边桶里有个电池")
    again = appealed(self_check_id)
    assert (again.status_code, again.json["code"]) == (409, "appeal.made_already")
    assert given.spendable(family) == 0


def test_the_machines_rejection_can_be_appealed_against(
    given, family, senior, appealed, of_resident, waiting
):
    content = pictures.photo(90_001)
    resident = of_resident(family)
    screen(send(resident, content).json["id"])
    repeated = send(resident, content).json["id"]
    screen(repeated)
    assert shown(resident, repeated)["reject_reason"] == "repeated_photo"

    assert appealed(repeated).status_code == 201

    rule(senior, repeated, stage="appeal")
    assert shown(resident, repeated)["state"] == "approved"
    assert given.spendable(family) == 5


@pytest.mark.parametrize(
    ("after", "status"), [(timedelta(days=7, hours=11), 201), (timedelta(days=7, hours=12), 409)]
)
def test_there_are_seven_days_to_appeal(waiting, reviewer, appealed, noon, after, status):
    self_check_id = waiting()
    judge(reviewer, self_check_id, "wrong_kind")
    noon.at += after

    made = appealed(self_check_id)

    assert made.status_code == status
    if status == 409:
        assert (made.json["code"], made.json["details"]) == ("appeal.too_late", {"days": 7})


def test_what_is_not_rejected_is_not_appealed_against(waiting, reviewer, appealed, state_of):
    self_check_id = waiting()
    early = appealed(self_check_id)
    judge(reviewer, self_check_id)

    for refused in (early, appealed(self_check_id)):
        assert (refused.status_code, refused.json["code"]) == (409, "appeal.nothing_to_appeal")
    assert state_of(self_check_id) == "approved"


def test_another_households_photo_is_not_found(given, waiting, reviewer, appealed):
    self_check_id = waiting()
    judge(reviewer, self_check_id, "wrong_kind")
    stranger = given.resident(given.household())

    refused = appealed(self_check_id, client=stranger)

    assert (refused.status_code, refused.json["code"]) == (404, "self_check.not_found")


@pytest.mark.parametrize("sentence", ["", "  ", "长" * 201])
def test_an_appeal_needs_a_sentence(waiting, reviewer, appealed, sentence):
    self_check_id = waiting()
    judge(reviewer, self_check_id, "wrong_kind")

    assert appealed(self_check_id, sentence).status_code == 422


def test_three_who_judged_are_enough(agree_or_not, senior, appealed):
    self_check_id = agree_or_not("wrong_kind", None)
    rule(senior, self_check_id, "wrong_kind")

    refused = appealed(self_check_id)

    assert (refused.status_code, refused.json["code"]) == (409, "appeal.judged_by_three")


def test_an_appeal_takes_the_place_of_the_third_judge(
    agree_or_not, senior, appealed, stages, given, family
):
    self_check_id = agree_or_not("wrong_kind", None)
    (lent,) = leased(senior, "rulings")

    appealed(self_check_id)

    assert stages(self_check_id) == {"first": "reject", "second": "approve", "appeal": None}
    held = verdict(senior, lent["id"], body_of(), desk="rulings")
    assert (held.status_code, held.json["code"]) == (409, "review.not_leased")
    rule(senior, self_check_id, stage="appeal")
    assert given.spendable(family) == 5


def test_a_second_opinion_after_an_appeal_is_only_recorded(
    sampled, waiting, reviewer, second, senior, appealed, stages, given, family
):
    sampled(True)
    self_check_id = waiting()
    judge(reviewer, self_check_id, "wrong_kind")
    appealed(self_check_id)
    rule(senior, self_check_id, stage="appeal")

    leased(second)
    verdict(second, review_id(second, self_check_id, "second"), body_of())

    assert stages(self_check_id) == {"first": "reject", "second": "approve", "appeal": "approve"}
    assert given.spendable(family) == 5


def test_the_sample_is_fixed_and_about_as_large_as_asked(app, monkeypatch):
    with app.app_context():
        ids = [uuid4() for _ in range(2_000)]
        chosen = [sampling.is_sampled(each, 5) for each in ids]
        again = [sampling.is_sampled(each, 5) for each in ids]
        none = [sampling.is_sampled(each, 0) for each in ids]
        everyone = [sampling.is_sampled(each, 100) for each in ids]

    assert chosen == again
    assert 40 <= sum(chosen) <= 180
    assert (any(none), all(everyone)) == (False, True)


def test_the_list_costs_as_many_queries_for_three_as_for_one(
    waiting, reviewer, of_resident, family, queries
):
    def count() -> int:
        with queries() as seen:
            of_resident(family).get("/api/v1/self-checks")
        return len(seen)

    judge(reviewer, waiting(), "wrong_kind")
    one = count()
    judge(reviewer, waiting())
    judge(reviewer, waiting(), "unreadable")

    assert count() == one


def test_a_household_sees_its_own_appeals_only(given, waiting, reviewer, appealed):
    self_check_id = waiting()
    judge(reviewer, self_check_id, "wrong_kind")
    appealed(self_check_id)
    stranger = given.resident(given.household())

    assert stranger.get("/api/v1/appeals").json == {"items": [], "next": None}


def test_a_reviewer_who_differs_with_a_reversed_award_changes_no_points_twice(
    app, agree_or_not, given, family, senior, noon
):
    """Officials took the award back already: the third verdict moves nothing more."""
    from app.kernel.db import transaction
    from app.points import awards
    from mall.reversals import service as reversals
    from mall.reversals.models import Subject

    self_check_id = agree_or_not(None, "wrong_kind")
    with app.app_context(), transaction():
        award = db.session.scalars(select(awards.Award)).one()
        asked = reversals.propose(
            subject=Subject.AWARD,
            subject_id=award.id,
            reason="照片里是别人家的桶",
            by=given.caller(Role.COUNTY_ADMIN, family.village.county_region_id),
            at=noon(),
        )
        db.session.flush()
        reversals.confirm(
            reversal_id=asked.id,
            by=given.caller(Role.COUNTY_ADMIN, family.village.county_region_id),
            at=noon(),
        )

    assert rule(senior, self_check_id, "wrong_kind").status_code == 200
    assert given.spendable(family) == 0
