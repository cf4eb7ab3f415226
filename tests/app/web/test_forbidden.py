"""Who may not do something reads whose it is, and whom to ask: not the sentence of another."""

import pytest

from app.register.identity.roles import Role


@pytest.fixture
def village(given):
    return given.village()


def refused(client, path: str) -> str:
    answer = client.get(f"/api/v1/{path}")
    assert (answer.status_code, answer.json["code"], answer.json["details"]) == (
        403,
        "forbidden",
        {},
    )
    return answer.json["message"]


@pytest.mark.parametrize(
    ("role", "place", "said"),
    [
        (Role.COUNTY_ADMIN, "county_region_id", "这件事由财政人员、审计员来做，您没有权限"),
        (
            Role.TOWN_ADMIN,
            "town_id",
            "这件事由财政人员、审计员来做，您没有权限；有疑问请联系县管理员",
        ),
        (
            Role.VILLAGE_ADMIN,
            "id",
            "这件事由财政人员、审计员来做，您没有权限；有疑问请联系镇管理员",
        ),
        (Role.REVIEWER, "id", "这件事由财政人员、审计员来做，您没有权限；有疑问请联系村管理员"),
    ],
)
def test_an_official_is_not_sent_to_somebody_below(role, place, said, given, village):
    client = given.staff(role, getattr(village, place))

    assert refused(client, "payment-batches") == said


def test_a_resident_reads_who_does_it(given):
    resident = given.resident(given.household())

    said = "这件事由审核员来做，您没有权限；有疑问请联系村管理员"
    answer = resident.post("/api/v1/reviews/next")
    assert (answer.status_code, answer.json["message"]) == (403, said)


def test_a_visitor_is_told_to_bind_first(given):
    assert (
        refused(given.visitor(), "points") == "这件事要先绑定自己家才能做，请先绑定，或联系村管理员"
    )


def test_an_official_cannot_do_what_households_do(given, village):
    admin = given.staff(Role.COUNTY_ADMIN, village.county_region_id)

    assert refused(admin, "points") == "这是住户自己做的事，您没有权限代办"


def test_a_clerk_asks_the_owner_and_the_owner_the_county(given, village):
    clerk, owner = given.staff(Role.CLERK, village.id), given.staff(Role.MERCHANT, village.id)
    said = "这件事由财政人员、审计员来做，您没有权限；有疑问请联系{}"
    assert refused(clerk, "payment-batches") == said.format("店主")
    assert refused(owner, "payment-batches") == said.format("县管理员")


def test_of_many_who_may_only_the_first_are_named(given):
    said = refused(given.resident(given.household()), "budgets")

    assert said.count("、") == 2
    assert "等来做" in said
