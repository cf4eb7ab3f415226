"""Every lie about checks is found, and the truth is called none."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from app.kernel.db import db
from app.sorting.inspections.proof import QUESTIONS
from tests.given.inspections import check, look, new_photo, open_conflicts, resolve
from tests.given.uploads import upload


@pytest.fixture
def story(given, collector, liaison, village_admin, family, noon):
    """Counted, held, set aside and let-through checks, with one to three photos or none."""
    look(collector, family, "bin", grade=None, kinds=None)
    first = look(collector, family, "bin", grade="c", photo=new_photo())
    upload(collector, f"/api/v1/checks/{first.json['id']}/photos", new_photo())
    for outcome in ("keep_first", "keep_both", "keep_later"):
        check(liaison, family, grade="a")
        (conflict,) = open_conflicts(village_admin)
        resolve(village_admin, conflict["id"], outcome)
        noon.move(days=1)
        look(collector, family, "bin", grade="b")
    for outcome in ("count", "set_aside", None):
        look(
            collector,
            family,
            "bin",
            client_id=str(uuid4()),
            phone_time=(noon() + timedelta(days=9)).isoformat(),
        )
        (conflict,) = open_conflicts(village_admin)
        if outcome is not None:
            resolve(village_admin, conflict["id"], outcome)
        noon.move(days=1)


def test_a_true_story_is_found_true(story, lies):
    assert lies(QUESTIONS) == set()


LIES = [
    (
        "UPDATE checks SET state = 'counted' WHERE state = 'held'",
        {"a_check_earns_when_it_counts", "a_check_in_doubt_has_its_conflict"},
    ),
    (
        "UPDATE checks SET state = 'set_aside' WHERE state = 'held'",
        {"a_check_in_doubt_has_its_conflict"},
    ),
    (
        "UPDATE checks SET grade = 'b' WHERE grade = 'c'",
        {"an_award_rests_on_a_check"},
    ),
    (
        "DELETE FROM awards WHERE rule = 'checked.grade_c'",
        {"a_check_earns_when_it_counts"},
    ),
    (
        "UPDATE photos SET uploaded_by = (SELECT id FROM users WHERE id <> uploaded_by LIMIT 1)"
        " WHERE id IN (SELECT photo_id FROM check_photos)",
        {"a_photo_of_a_check_shows_its_household"},
    ),
    (
        "UPDATE check_conflicts x SET resolved_by = c.checked_by FROM checks c"
        " WHERE c.id = x.check_id AND x.outcome = 'keep_both'",
        {"a_conflict_is_about_its_household"},
    ),
    (
        "INSERT INTO bindings (id, user_id, household_id, member_id, method, bound_at)"
        " SELECT gen_random_uuid(), c.checked_by, c.household_id, m.id, 'phone', '2026-01-01'"
        " FROM checks c JOIN members m ON m.household_id = c.household_id"
        " WHERE c.setting = 'bin' LIMIT 1",
        {"nobody_checks_their_own_household"},
    ),
]


def test_every_lie_of_the_owner_is_found(told, story):
    assert told(QUESTIONS, LIES, as_owner=True) == LIES


LIES_OF_THE_APPLICATION = [
    "UPDATE checks SET grade = 'b' WHERE grade = 'c'",
    "UPDATE checks SET at = at - interval '1 day'",
    "DELETE FROM checks",
    "DELETE FROM check_conflicts",
    "DELETE FROM check_photos",
    "UPDATE check_photos SET ordinal = 3",
    "DELETE FROM care_entries",
    "UPDATE visit_notes SET written_at = now()",
]


def test_the_application_itself_may_not_say_otherwise(app, story):
    for lie in LIES_OF_THE_APPLICATION:
        with app.app_context(), pytest.raises(ProgrammingError, match="permission denied"):
            db.session.execute(text(lie))
