"""A household reads how others found its sorting."""

from tests.given.inspections import check


def test_a_household_finds_its_checks_and_what_they_earned(given, family, liaison):
    door = check(liaison, family)
    assert door.status_code == 201, door.json
    resident, neighbour = given.resident(family), given.resident(given.household())

    found = resident.get("/api/v1/checks", query_string={"count": "true"}).json
    at_the_booth = resident.get("/api/v1/checks", query_string={"setting": "booth"}).json

    (one,) = found["items"]
    assert (one["id"], one["setting"], one["grade"]) == (door.json["id"], "door", "a")
    assert (one["points"], found["total"]) == (door.json["points"], 1)
    assert at_the_booth["items"] == []
    assert neighbour.get("/api/v1/checks").json["items"] == []
