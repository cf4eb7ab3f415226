"""What a proof says when reviews, appeals and awards do not agree."""

import runpy

import pytest
from sqlalchemy import create_engine, text

from app.config import ROOT
from app.sorting.self_checks.proof import QUESTIONS
from tests.given import pictures
from tests.given.self_checks import judge, leased, review_id, rule, screen, send, verdict
from tests.given.superuser import superuser_url


@pytest.fixture
def found(app, committed):
    """Alter the database past its rights and rules: the questions that find it."""
    engine = create_engine(superuser_url(app.config["SETTINGS"]))

    def alter(*statements: str) -> set[str]:
        with engine.connect() as connection, connection.begin() as undone:
            connection.execute(text("SET LOCAL session_replication_role = replica"))
            for statement in statements:
                connection.execute(text(statement))
            names = {
                name
                for name, question in QUESTIONS.items()
                if connection.execute(text(question)).all()
            }
            undone.rollback()
        return names

    yield alter
    engine.dispose()


@pytest.fixture
def judged(waiting, reviewer):
    """An approved self-check, and one whose rejection was appealed against with success."""
    approved = waiting()
    judge(reviewer, approved)
    return approved


@pytest.fixture
def overturned(waiting, reviewer, senior, of_resident, family, judged):
    self_check_id = waiting()
    judge(reviewer, self_check_id, "wrong_kind")
    made = of_resident(family).post(
        f"/api/v1/self-checks/{self_check_id}/appeal",
        json={"sentence": "请再看看"},
        headers={"Idempotency-Key": "appeal-one"},
    )
    assert made.status_code == 201
    rule(senior, self_check_id, stage="appeal")
    return self_check_id


def test_all_is_well(found, overturned):
    assert found() == set()


def test_an_approval_without_its_review_is_found(found, judged):
    assert found("DELETE FROM reviews") == {"a_self_check_stands_as_it_was_judged_last"}


def test_a_verdict_that_was_changed_is_found(found, judged):
    assert found("UPDATE reviews SET verdict = 'reject', reject_reason = 'wrong_kind'") == {
        "a_self_check_stands_as_it_was_judged_last"
    }


def test_a_judge_of_the_household_is_found(found, judged):
    own = "UPDATE reviews SET judged_by = b.user_id, leased_by = b.user_id FROM bindings b"
    assert "nobody_judged_their_own_household" in found(own)


def test_who_judged_twice_is_found(found, overturned):
    twice = f"""
        UPDATE reviews r SET judged_by = f.judged_by, leased_by = f.judged_by
          FROM reviews f
         WHERE f.self_check_id = r.self_check_id AND f.round = 'first' AND r.round = 'appeal'
           AND r.self_check_id = '{overturned}'
    """
    drop = "ALTER TABLE reviews DROP CONSTRAINT uq_reviews_county_id_self_check_id_judged_by"
    assert "a_later_opinion_is_somebody_elses" in found(drop, twice)


def test_an_overturned_appeal_without_its_award_is_found(found, overturned):
    gone = f"DELETE FROM awards WHERE evidence_id = '{overturned}'"
    assert found(gone) == {"an_overturned_appeal_has_its_award"}


def test_an_appeal_that_says_otherwise_is_found(found, overturned):
    assert "an_appeal_ended_as_its_review_says" in found(
        "UPDATE appeals SET state = 'stands', answer = 'x'"
    )
    assert "an_appeal_ended_as_its_review_says" in found("DELETE FROM appeals")


def test_what_nobody_was_asked_about_is_found(found, sampled, waiting, reviewer, given, family):
    self_check_id = waiting()
    leased(reviewer)
    unsure = {"verdict": "escalate", "note": "看不清"}
    verdict(reviewer, review_id(reviewer, self_check_id), unsure)

    assert found("DELETE FROM reviews WHERE round = 'third'") == {
        "what_waits_for_a_verdict_is_queued"
    }
    differ = (
        "UPDATE reviews SET round = 'second', verdict = 'reject', reject_reason = 'wrong_kind', "
        "leased_by = '00000000-0000-0000-0000-000000000001', leased_at = now(), "
        "leased_until = now(), judged_by = '00000000-0000-0000-0000-000000000001', "
        "judged_at = now() WHERE round = 'third'"
    )
    assert "two_who_differ_leave_it_to_another" in found(differ)


def test_a_second_that_follows_no_first_is_found(found, judged):
    assert "a_later_opinion_is_somebody_elses" in found("UPDATE reviews SET round = 'second'")


def test_the_migration_gives_what_was_judged_and_what_waits_its_review(
    found, judged, waiting, reviewer, of_resident, family
):
    judge(reviewer, waiting(), "wrong_kind")
    waiting()
    content = pictures.photo(80_001)
    for _ in range(2):
        screen(send(of_resident(family), content).json["id"])
    migration = runpy.run_path(str(ROOT / "migrations/versions/0011_reviews.py"))

    assert found("DELETE FROM reviews") != set()
    assert found("DELETE FROM reviews", migration["FILL"]) == set()
