"""One official elsewhere reported the same visit eight times; here it counts once."""

from uuid import uuid4

import pytest

from app.register.identity.roles import Role
from tests.given.http import assert_refused, post
from tests.given.inspections import check, look


def test_a_visit_that_is_reported_eight_times_counts_once(given, collector, family, rows, noon):
    record = {"client_id": str(uuid4()), "phone_time": noon().isoformat()}

    answers = [look(collector, family, "bin", **record) for _ in range(8)]

    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json["id"] for answer in answers}) == 1
    assert given.spendable(family) == 10


def test_a_liaison_who_reports_one_household_eight_times_is_paid_for_it_once(
    given, liaison, liaison_family, family, rows
):
    answers = [check(liaison, family) for _ in range(8)]

    assert [answer.status_code for answer in answers] == [201] * 8
    assert (given.spendable(family), given.spendable(liaison_family)) == (10, 2)
    checks, _, awards, _ = rows()
    assert (checks, awards) == (8, 9)


def test_the_next_day_the_same_household_counts_again(given, liaison, liaison_family, family, noon):
    check(liaison, family)
    noon.move(days=1)

    check(liaison, family)

    assert given.spendable(liaison_family) == 4


@pytest.mark.parametrize(
    ("setting", "role"), [("booth", Role.BOOTH_KEEPER), ("bin", Role.COLLECTOR)]
)
def test_nobody_grades_a_household_that_is_related_to_their_own(
    given, village_admin, family, rows, setting, role
):
    own, checker_id = given.household(village=family.village), given.user()
    given.grant(checker_id, role, family.village.id)
    checker = given.resident(own, user_id=checker_id)
    pair = {"household_id": str(own.id), "other_id": str(family.id), "kind": "kin"}
    assert post(village_admin, "household-relations", pair).status_code == 201

    assert_refused(look(checker, family, setting), 403, "trust.related")

    assert rows() == (0, 0, 0, 0)
