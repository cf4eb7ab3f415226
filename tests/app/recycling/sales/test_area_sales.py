"""Those who answer for a place read what its households sold."""

import pytest

from app.register.identity.roles import Role


@pytest.mark.parametrize(
    "role",
    [Role.VILLAGE_ADMIN, Role.TOWN_ADMIN, Role.COUNTY_ADMIN, Role.FINANCE, Role.AUDITOR],
)
def test_who_answers_for_a_place_finds_what_its_households_sold(
    given, family, recycler, sold, role
):
    sale = sold(("paper", "2", "kg"))
    village = family.village
    places = {Role.VILLAGE_ADMIN: village.id, Role.TOWN_ADMIN: village.town_id}
    office = given.staff(role, places.get(role, village.county_region_id))
    neighbour = given.staff(Role.VILLAGE_ADMIN, given.village().id)

    def found(client, **query):
        return client.get("/api/v1/sales/area", query_string={"count": "true"} | query).json

    assert [one["id"] for one in found(office, household_id=family.id)["items"]] == [sale["id"]]
    assert found(office, state="paid")["total"] == 1
    assert found(office, state="void")["items"] == []
    assert found(neighbour) == {"items": [], "next": None, "total": 0}
