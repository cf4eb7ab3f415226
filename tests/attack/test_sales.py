"""A booth keeper alone: glass that nobody brought, which costs the recycler nothing."""

from app.recycling.sales import jobs
from app.recycling.sales.settings import SETTINGS
from tests.given.http import assert_refused


def test_what_earns_a_bonus_counts_under_the_keepers_day(
    app, given, family, recycler, sell, keeper, noon
):
    """100 kg of glass are 400 points of the village's budget: no photo, no yes, no limit."""
    given.budget(family.village, 9_000)
    given.setting(SETTINGS, keeper_day_points=1_000, photo_above_points=300)
    homes = [family, *(given.household(village=family.village) for _ in range(4))]

    answers = [sell(("glass", "100", "kg"), home=home) for home in homes]

    noon.move(days=1)
    with app.app_context():
        jobs.decide_bonuses()
    earned = sum(given.spendable(home) for home in homes)
    assert earned <= 1_000, [answer.status_code for answer in answers]
    assert_refused(answers[0], 409, "sales.photo_needed")
