"""Many people on one queue, with real commits."""

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import func, insert, select

from app.kernel.db import db, transaction
from app.kernel.errors import DomainError
from app.kernel.ids import uuid7
from app.photos.models import Photo, PhotoState
from app.points.awards.models import Award
from app.register.identity.roles import Role
from app.sorting.self_checks import appeals, leasing
from app.sorting.self_checks.judging import Opinion, give_verdict
from app.sorting.self_checks.leasing import OPINIONS
from app.sorting.self_checks.models import (
    Appeal,
    RejectReason,
    Review,
    SelfCheck,
    SelfCheckState,
    Stage,
    Verdict,
)
from tests.given.factories import COUNTY
from tests.given.self_checks import judge
from tests.given.times import Clock

APPROVE = Opinion(Verdict.APPROVE)
PHOTOS, HOUSEHOLDS, REVIEWERS = 320, 32, 16


@pytest.fixture
def work(app, committed):
    """A transaction of its own; the outcome, or the name of the refusal."""

    def run(command):
        try:
            with app.app_context(), transaction():
                return command()
        except DomainError as refusal:
            return type(refusal).__name__

    return run


@pytest.fixture
def judges(given, family):
    """Sixteen reviewers of the village."""
    return [given.caller(Role.REVIEWER, family.village.id) for _ in range(REVIEWERS)]


@pytest.fixture
def line(work, given, family, noon):
    """Photos of several households that wait for a reviewer."""
    homes = [family, *(given.household(village=family.village) for _ in range(HOUSEHOLDS - 1))]
    given.budget(family.village, 100_000)
    resident = given.user()

    def rows(n):
        home, at = homes[n % HOUSEHOLDS], noon() + timedelta(seconds=n)
        places = {"county_id": COUNTY, "group_id": family.village.group_id}
        photo = {
            **places,
            "id": uuid7(at),
            "household_id": home.id,
            "uploaded_by": resident,
            "received_at": at,
            "upload_bytes": 1,
            "sha256": n.to_bytes(32, "big"),
            "state": PhotoState.READY,
            "brightness": 128,
        }
        self_check = {
            **places,
            "id": uuid7(at),
            "household_id": home.id,
            "village_id": family.village.id,
            "user_id": resident,
            "photo_id": photo["id"],
            "state": SelfCheckState.WAITING,
            "submitted_at": at,
            "findings": [],
        }
        review = {
            "county_id": COUNTY,
            "id": uuid7(at),
            "self_check_id": self_check["id"],
            "stage": Stage.FIRST,
            "waiting_since": at,
        }
        return photo, self_check, review

    def write():
        for model, made in zip(
            (Photo, SelfCheck, Review), zip(*map(rows, range(PHOTOS)), strict=True), strict=True
        ):
            db.session.execute(insert(model), list(made))

    work(write)


@pytest.mark.race("app.sorting.self_checks.leasing._taken")
def test_sixteen_reviewers_on_one_queue_judge_each_photo_once(app, work, given, line, judges, noon):
    """Each asks, judges all they are lent, and asks again until nothing is left."""
    given_verdicts: list[UUID] = []

    def shift(judge_) -> None:
        own_clock = Clock(noon())
        while lent := work(lambda: leasing.lease(stages=OPINIONS, by=judge_, at=noon())):
            for each in lent:
                outcome = work(
                    lambda each=each: (
                        give_verdict(
                            review_id=each.id,
                            stages=OPINIONS,
                            opinion=APPROVE,
                            by=judge_,
                            at=own_clock.move(seconds=2),
                        ).id
                    )
                )
                given_verdicts.append(outcome)

    with ThreadPoolExecutor(REVIEWERS) as pool:
        list(pool.map(shift, judges))

    assert len(given_verdicts) == PHOTOS
    assert set(Counter(given_verdicts).values()) == {1}
    with app.app_context():
        states = dict(
            db.session.execute(
                select(SelfCheck.state, func.count()).group_by(SelfCheck.state)
            ).all()
        )
        paid = db.session.scalar(select(func.count()).where(Award.points > 0))
    assert states == {SelfCheckState.APPROVED: PHOTOS}
    assert paid == HOUSEHOLDS  # one a household a day


def test_all_who_ask_at_once_are_lent_different_photos(work, line, judges, noon):
    start = threading.Barrier(REVIEWERS)

    def ask(judge_):
        start.wait()
        return work(lambda: leasing.lease(stages=OPINIONS, by=judge_, at=noon()))

    with ThreadPoolExecutor(REVIEWERS) as pool:
        lent = [each.id for items in pool.map(ask, judges) for each in items]

    assert len(lent) == REVIEWERS * leasing.BATCH
    assert len(set(lent)) == len(lent)


@pytest.mark.race("app.sorting.self_checks.judging._held")
def test_a_lapsed_lease_is_used_or_taken_and_never_both(app, work, line, judges, noon):
    """The holder's verdict races with others who ask for what has lapsed."""
    holder, *others = judges
    (first, *_) = work(lambda: leasing.lease(stages=OPINIONS, by=holder, at=noon()))
    noon.move(minutes=6)
    start = threading.Barrier(REVIEWERS)

    def give():
        start.wait()
        return work(
            lambda: (
                give_verdict(
                    review_id=first.id,
                    stages=OPINIONS,
                    opinion=APPROVE,
                    by=holder,
                    at=noon(),
                ).id
            )
        )

    def ask(judge_):
        start.wait()
        return work(lambda: leasing.lease(stages=OPINIONS, by=judge_, at=noon()))

    with ThreadPoolExecutor(REVIEWERS) as pool:
        verdict = pool.submit(give)
        lent = [each.id for items in pool.map(ask, others) for each in items]

    assert (verdict.result(), lent.count(first.id)) in [(first.id, 0), ("NotLeased", 1)]
    assert len(set(lent)) == len(lent)


@pytest.mark.race("app.sorting.self_checks.judging._refuse_without_a_look")
def test_of_two_verdicts_at_once_only_one_was_looked_at(work, line, judges, noon):
    judge_ = judges[0]
    lent = work(lambda: leasing.lease(stages=OPINIONS, by=judge_, at=noon()))
    noon.move(seconds=2)
    start = threading.Barrier(len(lent))

    def give(review):
        def command():
            start.wait()
            return give_verdict(
                review_id=review.id, stages=OPINIONS, opinion=APPROVE, by=judge_, at=noon()
            ).verdict.value

        return work(command)

    with ThreadPoolExecutor(len(lent)) as pool:
        outcomes = sorted(pool.map(give, lent))

    assert outcomes == ["NotLookedAt", "NotLookedAt", "approve"]


@pytest.mark.race("app.sorting.self_checks.appeals._own_locked")
def test_of_many_who_appeal_at_once_one_is_heard(app, work, given, family, waiting, reviewer, noon):
    self_check_id = UUID(waiting())
    judge(reviewer, self_check_id, RejectReason.WRONG_KIND.value)
    residents = [given.user() for _ in range(8)]

    def ask(user_id):
        return work(
            lambda: (
                appeals.appeal(
                    county_id=COUNTY,
                    household_id=family.id,
                    self_check_id=self_check_id,
                    user_id=user_id,
                    sentence="请再看看",
                    at=noon(),
                ).state.value
            )
        )

    with ThreadPoolExecutor(8) as pool:
        outcomes = sorted(pool.map(ask, residents))

    assert outcomes == ["AppealedAlready"] * 7 + ["waiting"]
    with app.app_context():
        assert db.session.query(Appeal).count() == 1
