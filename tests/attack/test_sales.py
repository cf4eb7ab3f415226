"""A booth keeper alone: glass that nobody brought, which costs the recycler nothing."""

from sqlalchemy import select

from app.kernel.db import db
from app.photos.jobs import prepare
from app.photos.models import Photo, PhotoState
from app.recycling.sales import jobs
from app.recycling.sales.settings import SETTINGS
from tests.given.factories import COUNTY
from tests.given.http import assert_refused, post
from tests.given.uploads import posted


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


def test_three_bytes_are_no_photo_of_a_scale(app, given, family, recycler, keeper):
    """Evidence is what can be looked at: a file that only begins like a picture shows nothing."""
    upload_id = posted(keeper, b"\xff\xd8\xff" + b"no picture at all" * 100)
    body = {
        "upload_id": upload_id,
        "household_id": str(family.id),
        "lines": [{"material": "mixed", "weight": "38", "unit": "kg"}],
    }

    sold = post(keeper, "sales", body)

    with app.app_context():
        photo_id = db.session.scalars(select(Photo.id)).one()
        prepare(str(COUNTY), str(photo_id))
    with app.app_context():
        assert db.session.scalars(select(Photo.state)).one() is PhotoState.REJECTED
    assert (sold.status_code, given.spendable(family)) != (201, 1_900)
