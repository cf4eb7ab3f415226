"""Photos that wait too long ring, and what waits is shown to Prometheus."""

import pytest
from sqlalchemy import select

from app.kernel.db import db
from app.messages.notices.models import Notice
from app.register.identity.roles import Role
from app.sorting.self_checks import jobs, queueing
from app.sorting.self_checks.settings import SETTINGS
from tests.given.self_checks import judge, leased, review_id, verdict

UNSURE = {"verdict": "escalate", "note": "看不清"}


@pytest.fixture
def rung(app):
    """Run the sweep; the overdue notices there are then."""

    def run():
        with app.app_context():
            jobs.watch_reviews()
            rows = db.session.scalars(
                select(Notice)
                .where(Notice.kind == "reviews_overdue")
                .order_by(Notice.topic, Notice.role)
            )
            return [(row.topic, row.role, row.region_id, row.details) for row in rows]

    return run


def test_within_the_hour_nothing_rings(waiting, rung, noon):
    waiting()
    noon.move(minutes=60)

    assert rung() == []


def test_after_an_hour_reviewers_and_the_village_are_told_once_an_hour(waiting, rung, noon, family):
    waiting()
    noon.move(minutes=61)

    told = {"waiting": 1, "oldest_minutes": 61}
    expected = [
        ("first:2026-06-01T13", role, family.village.id, told)
        for role in (Role.REVIEWER, Role.VILLAGE_ADMIN)
    ]
    assert rung() == expected
    assert rung() == expected
    noon.move(minutes=60)
    assert len(rung()) == 4


def test_an_escalated_photo_rings_above(waiting, reviewer, rung, noon, family):
    self_check_id = waiting()
    leased(reviewer)
    verdict(reviewer, review_id(reviewer, self_check_id), UNSURE)
    noon.move(minutes=61)

    assert [(topic, role) for topic, role, *_ in rung()] == [
        ("third:2026-06-01T13", Role.COUNTY_ADMIN),
        ("third:2026-06-01T13", Role.VILLAGE_ADMIN),
    ]


def test_what_has_its_answer_does_not_ring(sampled, waiting, reviewer, rung, noon):
    sampled(True)
    judge(reviewer, waiting())
    noon.move(days=1)

    assert rung() == []


def test_a_county_chooses_what_is_too_long(given, waiting, rung, noon):
    given.setting(SETTINGS, overdue_minutes=120)
    waiting()

    noon.move(minutes=119)
    assert rung() == []
    noon.move(minutes=2)
    assert len(rung()) == 2


def test_what_was_never_queued_is_found(waiting, reviewer, rung, monkeypatch, noon):
    """A worker of the release before screened it."""
    with monkeypatch.context() as before:
        before.setattr(queueing, "want_first", lambda **_: None)
        waiting()
    assert leased(reviewer) == []

    rung()

    assert [item["submitted_at"] for item in leased(reviewer)] == [noon().isoformat()]


def test_prometheus_reads_what_waits(app, waiting, noon):
    waiting()
    waiting()
    noon.move(minutes=90)

    figures = app.test_client().get("/metrics").text

    where = '{county="990101",stage="first"}'
    assert f"fen_reviews_waiting{where} 2.0" in figures
    assert f"fen_reviews_oldest_seconds{where} 5400.0" in figures
    assert f"fen_reviews_overdue{where} 2.0" in figures
