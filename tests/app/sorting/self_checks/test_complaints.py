"""What people complain about in public of photos that pay, one test each."""

import pytest

from app.sorting.self_checks import leasing
from tests.given import pictures
from tests.given.self_checks import judge, leased, screen, send


@pytest.fixture(autouse=True)
def whole_queue(monkeypatch):
    """A reviewer is lent all that waits."""
    monkeypatch.setattr(leasing, "BATCH", 100)


def test_a_photo_pays_nothing_until_somebody_has_judged_it(given, family, reviewer):
    sent = send(given.resident(family))
    screen(sent.json["id"])
    assert given.spendable(family) == 0

    judge(reviewer, sent.json["id"])

    assert given.spendable(family) == 5


def test_the_very_photo_of_a_neighbour_is_refused_by_itself(given, family):
    picture = pictures.photo(31)
    neighbour = given.household(village=family.village)
    screen(send(given.resident(family), picture).json["id"])
    client = given.resident(neighbour)

    sent = send(client, picture)
    screen(sent.json["id"])

    state = client.get(f"/api/v1/self-checks/{sent.json['id']}").json
    assert (state["state"], state["reject_reason"]) == ("rejected", "repeated_photo")


def test_a_neighbours_photo_that_was_cropped_is_laid_before_the_reviewer(
    given, family, reviewer, noon
):
    picture = pictures.picture(3)
    neighbour = given.household(village=family.village)
    first = send(given.resident(family), pictures.encoded(picture, quality=90))
    screen(first.json["id"])
    noon.move(minutes=1)

    cropped = pictures.encoded(picture.crop((60, 45, 740, 555)), quality=80)
    screen(send(given.resident(neighbour), cropped).json["id"])

    findings = leased(reviewer)[-1]["findings"]
    (finding,) = (finding for finding in findings if finding["reason"] == "near_repeat")
    assert finding["photo_id"] == first.json["photo_id"]
    assert finding["message"] == "和别家6月1日交的一张照片几乎一样，请对比着看"
