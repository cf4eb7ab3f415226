"""Reviewers judge what waits in their area, each photo once."""

import threading
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest

from app.awards.models import Award
from app.identity.roles import Role
from app.kernel.db import db, transaction
from app.photos.jobs import prepare
from app.sorting import screening, service
from app.sorting.errors import AlreadyJudged
from app.sorting.models import RejectReason, SelfCheck, SelfCheckState
from app.sorting.queries import review_queue
from tests.factories import COUNTY
from tests.sorting.conftest import judge, screen, send


@pytest.fixture
def state_of(app):
    def read(self_check_id) -> str:
        with app.app_context():
            return db.session.get(SelfCheck, (COUNTY, self_check_id)).state.value

    return read


@pytest.fixture
def awards(app):
    def count() -> int:
        with app.app_context():
            return db.session.query(Award).count()

    return count


def test_approval_pays_the_household_at_once(given, family, waiting, reviewer, noon):
    judged = judge(reviewer, waiting())

    assert judged.status_code == 200
    assert judged.json["state"] == "approved"
    assert judged.json["reviewed_at"] == noon().isoformat()
    assert (judged.json["points"], judged.json["message"]) == (5, "自查照片审核通过，得 5 分")
    assert given.spendable(family) == 5


def test_the_second_photo_of_a_day_is_approved_without_points(given, family, waiting, reviewer):
    judge(reviewer, waiting())

    second = judge(reviewer, waiting())

    assert (second.json["state"], second.json["points"]) == ("approved", 0)
    assert second.json["message"] == "自查照片审核通过，当天的自查积分已经领过了，这次不再计分"
    assert given.spendable(family) == 5


def test_photos_of_23_59_and_00_01_are_both_paid(given, family, waiting, reviewer, noon):
    noon.move(hours=11, minutes=59)
    late = waiting()
    noon.move(minutes=2)
    early = waiting()

    judge(reviewer, late)
    judge(reviewer, early)

    assert given.spendable(family) == 10


@pytest.mark.parametrize(
    ("reason", "message"),
    [
        ("wrong_kind", "有垃圾放错了桶，请对照分类图改正后，明天再拍"),
        ("unreadable", "照片看不清，请在亮处靠近一点，拿稳了重新拍一张"),
        ("not_sorting", "照片里看不出垃圾分类，请对着打开的垃圾桶重新拍一张"),
    ],
)
def test_a_rejection_teaches_and_pays_nothing(
    given, family, waiting, reviewer, awards, reason, message
):
    judged = judge(reviewer, waiting(), reason)

    assert (judged.json["state"], judged.json["reject_reason"]) == ("rejected", reason)
    assert (judged.json["points"], judged.json["message"]) == (0, message)
    assert (given.spendable(family), awards()) == (0, 0)


def test_a_repeated_verdict_answers_as_the_first_time(given, family, waiting, reviewer):
    self_check_id, key = waiting(), uuid4().hex

    first, second = (judge(reviewer, self_check_id, key=key) for _ in range(2))

    assert (first.status_code, second.status_code) == (200, 200)
    assert first.json == second.json
    assert given.spendable(family) == 5


@pytest.mark.parametrize("reason", [None, "wrong_kind"])
def test_a_second_verdict_is_refused(given, family, waiting, reviewer, state_of, reason):
    self_check_id = waiting()
    judge(reviewer, self_check_id)

    second = judge(reviewer, self_check_id, reason)

    assert (second.status_code, second.json["code"]) == (409, "self_check.already_judged")
    assert second.json["message"] == "这张照片已经有结果了，请审核下一张"
    assert (state_of(self_check_id), given.spendable(family)) == ("approved", 5)


def test_a_photo_that_is_not_screened_cannot_be_judged(given, family, reviewer, state_of):
    sent = send(given.resident(family))

    judged = judge(reviewer, sent.json["id"])

    assert (judged.status_code, judged.json["code"]) == (409, "self_check.not_screened_yet")
    assert state_of(sent.json["id"]) == "screening"


def test_the_queue_is_oldest_first_and_in_the_reviewers_area(given, family, waiting, noon):
    elsewhere = given.household(village=given.village())
    ids = []
    for of in (family, elsewhere, family):
        ids.append(waiting(of))
        noon.move(minutes=1)
    ours = given.staff(Role.REVIEWER, family.village.id)
    everything = given.staff(Role.REVIEWER, family.village.county_region_id)

    assert listed(ours) == [ids[0], ids[2]]
    assert listed(everything) == ids
    assert listed(everything, f"?limit=2&after={ids[0]}") == ids[1:]


def listed(client, query=""):
    return [item["id"] for item in client.get(f"/api/v1/self-checks/queue{query}").json["items"]]


def test_a_queued_photo_does_not_say_whose_it_is(waiting, reviewer):
    waiting()

    (item,) = reviewer.get("/api/v1/self-checks/queue").json["items"]

    assert set(item) == {"id", "photo_id", "submitted_at", "findings"}


def test_what_is_judged_or_still_screened_is_not_queued(given, family, waiting, reviewer):
    judge(reviewer, waiting())
    judge(reviewer, waiting(), "wrong_kind")
    send(given.resident(family))

    assert listed(reviewer) == []


def test_another_area_is_not_found_and_not_judged(given, waiting, state_of):
    self_check_id = waiting()
    stranger = given.staff(Role.REVIEWER, given.village().id)

    judged = judge(stranger, self_check_id)

    assert (judged.status_code, judged.json["code"]) == (404, "self_check.not_found")
    assert state_of(self_check_id) == "waiting"


def test_nobody_judges_their_own_household(given, family, waiting, state_of):
    self_check_id = waiting()
    user_id = given.user()
    given.grant(user_id, Role.REVIEWER, family.village.id)
    bound = given.resident(family, user_id=user_id)

    judged = judge(bound, self_check_id)

    assert (judged.status_code, judged.json["code"]) == (403, "self_check.own_household")
    assert listed(bound) == []
    assert (state_of(self_check_id), given.spendable(family)) == ("waiting", 0)


@pytest.mark.parametrize(
    "role", [Role.GROUP_LEADER, Role.INSPECTOR, Role.COUNTY_ADMIN, Role.OPERATOR]
)
def test_only_reviewers_judge(given, family, waiting, state_of, role):
    self_check_id = waiting()
    other = given.staff(role, family.village.county_region_id)

    assert judge(other, self_check_id).status_code == 403
    assert other.get("/api/v1/self-checks/queue").status_code == 403
    assert state_of(self_check_id) == "waiting"


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"verdict": "maybe"},
        {"verdict": "reject"},
        {"verdict": "approve", "reason": "wrong_kind"},
        {"verdict": "reject", "reason": "ugly"},
        {"verdict": "reject", "reason": "repeated_photo"},
    ],
)
def test_a_malformed_verdict_is_refused(waiting, reviewer, state_of, body):
    self_check_id = waiting()

    judged = reviewer.post(
        f"/api/v1/self-checks/{self_check_id}/review",
        json=body,
        headers={"Idempotency-Key": uuid4().hex},
    )

    assert (judged.status_code, judged.json["code"]) == (422, "invalid_request")
    assert state_of(self_check_id) == "waiting"


def test_approval_stands_while_the_budget_is_used_up(given, waiting, reviewer):
    poor = given.household(village=given.village())

    judged = judge(reviewer, waiting(poor))

    assert (judged.status_code, judged.json["state"]) == (200, "approved")
    assert judged.json["message"] == "自查照片审核通过，5 分等村里的积分预算到账后自动发放"


@pytest.mark.race("app.sorting.service._to_judge")
def test_reviewers_who_judge_one_photo_at_once_judge_it_once(
    app, committed, given, family, waiting, awards, noon
):
    self_check_id = waiting()
    reviewers = [given.user() for _ in range(8)]

    def approve(user_id):
        by = service.Reviewer(user_id, [family.village.id], household_id=None)
        try:
            with app.app_context(), transaction():
                service.review(
                    county_id=COUNTY,
                    self_check_id=self_check_id,
                    reviewer=by,
                    reject_reason=RejectReason.WRONG_KIND,
                    at=noon(),
                )
            return "judged"
        except AlreadyJudged:
            return "refused"

    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(approve, reviewers))

    assert sorted(outcomes) == ["judged"] + ["refused"] * 7


def test_two_reviewers_who_approve_at_once_award_once(
    app, committed, given, family, waiting, awards
):
    self_check_id = waiting()
    clients = [given.staff(Role.REVIEWER, family.village.id) for _ in range(4)]

    with ThreadPoolExecutor(4) as pool:
        judged = list(pool.map(lambda client: judge(client, self_check_id), clients))

    assert sorted(one.status_code for one in judged) == [200, 409, 409, 409]
    assert (awards(), given.spendable(family)) == (1, 5)


@pytest.mark.race("app.sorting.screening._locked")
def test_a_slow_second_screening_does_not_undo_a_verdict(
    app, committed, given, family, waiting, reviewer, state_of, monkeypatch, noon
):
    """The job runs twice: the first run pauses between reading and writing."""
    sent = send(given.resident(family))
    prepare(str(COUNTY), sent.json["photo_id"])
    look_at, paused, judged = screening.look_at, threading.Event(), threading.Event()

    def slow_look(photo, known):
        if not paused.is_set():
            paused.set()
            judged.wait(timeout=1)
        return look_at(photo, known)

    monkeypatch.setattr(screening, "look_at", slow_look)

    def second_run_and_verdict():
        screen(sent.json["id"])
        answer = judge(reviewer, sent.json["id"])
        judged.set()
        return answer

    with ThreadPoolExecutor(2) as pool:
        slow = pool.submit(screen, sent.json["id"])
        paused.wait(timeout=5)
        quick = pool.submit(second_run_and_verdict)
        slow.result()
        assert quick.result().status_code == 200

    assert state_of(sent.json["id"]) == SelfCheckState.APPROVED


def test_the_queue_is_one_query_however_long(given, family, waiting, app, queries):
    for _ in range(3):
        waiting()

    with queries() as seen, app.app_context():
        rows = read_queue(family)

    assert len(rows) == 3
    assert len(seen) == 1


def read_queue(family):
    return review_queue(
        county_id=COUNTY,
        places=[family.village.id],
        not_household_id=None,
        after=None,
        limit=20,
    )
