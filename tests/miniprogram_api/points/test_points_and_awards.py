"""A household reads its points, their movements, and why it has them."""

from datetime import date
from uuid import uuid4

import pytest

from app.kernel.db import transaction
from app.points import awards
from app.points.awards.models import Evidence
from app.register.identity.roles import Role
from tests.given.factories import COUNTY


@pytest.fixture
def family(given):
    village = given.village()
    given.budget(village, 1_000)
    return given.household(village=village)


@pytest.fixture
def resident(given, family):
    return given.resident(family)


@pytest.fixture
def earn(app, given, noon):
    reviewer = given.user()

    def run(family, rule):
        event = awards.Event(
            household_id=family.id,
            village_id=family.village.id,
            rule=rule,
            evidence_kind=Evidence.SELF_CHECK,
            evidence_id=uuid4(),
            happened_at=noon(),
        )
        with app.app_context(), transaction():
            (award,) = awards.decide(
                county_id=COUNTY,
                events=[event],
                decided_by=reviewer,
                decided_as=Role.REVIEWER,
                at=noon(),
            )
            return award

    return run


def test_points_are_listed_by_their_last_day_and_summed(given, family, resident):
    given.points(family, 30, expires_on=date(2027, 3, 31))
    given.points(family, 12, expires_on=None)

    assert resident.get("/api/v1/points").json == {
        "points": 42,
        "buckets": [
            {"points": 30, "expires_on": "2027-03-31"},
            {"points": 12, "expires_on": None},
        ],
        "expires_next": {"points": 30, "expires_on": "2027-03-31"},
        "owed": 0,
    }


def test_points_whose_last_day_in_china_has_passed_are_not_counted(given, family, resident, noon):
    given.points(family, 30, expires_on=date(2026, 6, 1))

    noon.move(hours=11, minutes=59)
    assert resident.get("/api/v1/points").json["points"] == 30
    noon.move(minutes=1)
    assert resident.get("/api/v1/points").json == {
        "points": 0,
        "buckets": [],
        "expires_next": None,
        "owed": 0,
    }


def test_movements_are_listed_newest_first(given, family, resident, noon):
    given.points(family, 30)
    noon.move(minutes=1)
    given.points(family, 12, expires_on=None)

    first = resident.get("/api/v1/points/transfers?limit=1").json
    rest = resident.get(f"/api/v1/points/transfers?limit=1&before={first['next']}").json

    told = first["items"] + rest["items"]
    assert [(t["kind"], t["points"], t["expires_on"], t["at"]) for t in told] == [
        ("award", 12, None, "2026-06-01T04:01:00+00:00"),
        ("award", 30, "2027-03-31", "2026-06-01T04:00:00+00:00"),
    ]


def test_an_award_answers_why(family, resident, earn, noon):
    award = earn(family, awards.Rule.SELF_CHECK)

    assert resident.get("/api/v1/awards").json == {
        "items": [
            {
                "id": str(award.id),
                "day": "2026-06-01",
                "source": "self_check",
                "points": 5,
                "is_paid": True,
                "notice_until": None,
                "repaid": 0,
                "reversed_at": None,
                "message": "自查照片审核通过，得 5 分",
                "rule": "self_check.points",
                "policy_version": 1,
                "evidence_kind": "self_check",
                "evidence_id": str(award.evidence_id),
                "decided_as": "reviewer",
                "decided_at": noon().isoformat(),
            }
        ],
        "next": None,
    }


def test_an_event_beyond_the_cap_is_listed_with_its_reason(family, resident, earn, noon):
    earn(family, awards.Rule.SELF_CHECK)
    noon.move(hours=1)
    earn(family, awards.Rule.SELF_CHECK)

    newest, first = resident.get("/api/v1/awards").json["items"]

    assert (newest["points"], first["points"]) == (0, 5)
    assert newest["message"] == "自查照片审核通过，当天的自查积分已经领过了，这次不再计分"


def test_a_household_sees_its_own_alone(given, family, resident, earn):
    neighbour = given.household(village=family.village)
    earn(neighbour, awards.Rule.SELF_CHECK)

    assert resident.get("/api/v1/awards").json["items"] == []
    assert resident.get("/api/v1/points").json["points"] == 0
    assert resident.get("/api/v1/points/transfers").json["items"] == []


@pytest.mark.parametrize("path", ["points", "points/transfers", "awards", "self-checks"])
def test_only_a_bound_resident_has_points(app, given, family, path):
    assert app.test_client().get(f"/api/v1/{path}").status_code == 401
    assert given.visitor().get(f"/api/v1/{path}").status_code == 403
    assert given.staff(Role.COUNTY_ADMIN, given.county()).get(f"/api/v1/{path}").status_code == 403
