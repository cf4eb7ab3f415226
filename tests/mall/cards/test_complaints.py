"""Old people without smartphones could not earn elsewhere: a card has equal rights here."""

from app.register.identity.roles import Role
from app.sorting.self_checks import jobs
from tests.given import pictures
from tests.given.factories import COUNTY
from tests.given.http import post
from tests.given.self_checks import look
from tests.given.uploads import upload


def test_an_old_person_without_a_smartphone_earns_and_spends(
    app, given, office, counter, pay, liaison, family
):
    given.budget(family.village, 1_000)
    reviewer = given.staff(Role.REVIEWER, family.village.county_region_id)
    paper = office.active(family)

    photo = {"household_id": str(family.id)}
    sent = upload(liaison, "/api/v1/self-checks", pictures.photo(28_000), **photo)
    with app.app_context():
        jobs.screen(str(COUNTY), sent.json["id"])
    (lent,) = reviewer.post("/api/v1/reviews/next").json["items"]
    look()
    post(reviewer, f"reviews/{lent['id']}/verdict", {"verdict": "approve"})
    assert given.spendable(family) == 10_005

    paid = pay(paper, 105)

    assert paid.status_code == 201, paid.json
    assert given.spendable(family) == 9_900
