"""Reviewers judge what waits in their area, each photo once."""

import threading
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest

from app.kernel.db import db
from app.photos.jobs import prepare
from app.points.awards.models import Award
from app.register.identity.roles import Role
from app.sorting.self_checks import screening
from app.sorting.self_checks.models import SelfCheckState
from tests.given.factories import COUNTY
from tests.given.self_checks import body_of, judge, leased, review_id, screen, send, verdict


@pytest.fixture
def awards(app):
    def count() -> int:
        with app.app_context():
            return db.session.query(Award).count()

    return count


@pytest.fixture
def seen(of_resident, family):
    """A self-check as its household reads it."""
    return lambda self_check_id, of=None: (
        of_resident(of or family).get(f"/api/v1/self-checks/{self_check_id}").json
    )


def test_approval_pays_the_household_at_once(given, family, waiting, reviewer, seen, noon):
    self_check_id = waiting()

    judged = judge(reviewer, self_check_id)

    assert (judged.status_code, set(judged.json)) == (
        200,
        {"id", "verdict", "reject_reason", "judged_at"},
    )
    shown = seen(self_check_id)
    assert (shown["state"], shown["reviewed_at"]) == ("approved", noon().isoformat())
    assert (shown["points"], shown["message"]) == (5, "自查照片审核通过，得 5 分")
    assert given.spendable(family) == 5


def test_the_second_photo_of_a_day_is_approved_without_points(
    given, family, waiting, reviewer, seen
):
    judge(reviewer, waiting())
    self_check_id = waiting()

    judge(reviewer, self_check_id)

    second = seen(self_check_id)
    assert (second["state"], second["points"]) == ("approved", 0)
    assert second["message"] == "自查照片审核通过，当天的自查积分已经领过了，这次不再计分"
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
        ("wrong_kind", "有垃圾放错了桶，请对照分类图改正后，重新拍一张"),
        ("unreadable", "照片看不清，请在亮处靠近一点，拿稳了重新拍一张"),
        ("not_sorting", "照片里看不出垃圾分类，请对着打开的垃圾桶重新拍一张"),
    ],
)
def test_a_rejection_teaches_and_pays_nothing(
    given, family, waiting, reviewer, awards, seen, reason, message
):
    self_check_id = waiting()

    judge(reviewer, self_check_id, reason)

    shown = seen(self_check_id)
    assert (shown["state"], shown["reject_reason"]) == ("rejected", reason)
    assert (shown["points"], shown["message"]) == (0, message)
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

    assert (second.status_code, second.json["code"]) == (409, "review.already_judged")
    assert second.json["message"] == "这张照片已经有结果了，请审核下一张"
    assert (state_of(self_check_id), given.spendable(family)) == ("approved", 5)


def test_a_photo_that_is_not_screened_is_not_lent(given, family, reviewer, state_of):
    sent = send(given.resident(family))

    assert leased(reviewer) == []
    assert state_of(sent.json["id"]) == "screening"


def test_another_area_is_not_found_and_not_judged(given, waiting, state_of):
    self_check_id = waiting()
    stranger = given.staff(Role.REVIEWER, given.village().id)

    judged = judge(stranger, self_check_id)

    assert (judged.status_code, judged.json["code"]) == (404, "review.not_found")
    assert state_of(self_check_id) == "waiting"


@pytest.mark.parametrize(
    "role", [Role.GROUP_LEADER, Role.INSPECTOR, Role.COUNTY_ADMIN, Role.OPERATOR]
)
def test_only_reviewers_judge(given, family, waiting, state_of, role):
    self_check_id = waiting()
    other = given.staff(role, family.village.county_region_id)

    found = review_id(other, self_check_id)
    assert verdict(other, found, body_of()).status_code == 403
    assert other.post("/api/v1/reviews/next").status_code == 403
    assert other.delete("/api/v1/reviews/leases").status_code == 403
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
        {"verdict": "approve", "note": " "},
        {"verdict": "approve", "note": "长" * 201},
    ],
)
def test_a_malformed_verdict_is_refused(waiting, reviewer, state_of, body):
    self_check_id = waiting()

    leased(reviewer)

    judged = verdict(reviewer, review_id(reviewer, self_check_id), body)

    assert (judged.status_code, judged.json["code"]) == (422, "invalid_request")
    assert state_of(self_check_id) == "waiting"


def test_approval_stands_while_the_budget_is_used_up(given, waiting, reviewer, seen):
    poor = given.household(village=given.village())
    self_check_id = waiting(poor)

    judge(reviewer, self_check_id)

    shown = seen(self_check_id, poor)
    assert shown["state"] == "approved"
    assert shown["message"] == "自查照片审核通过，5 分等村里的积分预算到账后自动发放"


@pytest.mark.race("app.sorting.self_checks.screening._locked")
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
