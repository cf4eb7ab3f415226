"""What is agreed begins later and can be stopped by anyone; what is forgotten lapses."""

from app.agreements.proposals import jobs
from app.agreements.proposals.metrics import readings
from app.kernel.db import transaction
from app.register.identity.roles import Role
from tests.given.http import assert_refused, post
from tests.given.proposals import LATER, agree, house, read, rename

BECAUSE = {"reason": "这不对"}


def sweep(app):
    with app.app_context():
        jobs.begin_coming()
        jobs.lapse_forgotten()


def test_what_was_agreed_begins_after_its_cool_off(app, proposed, maker, town, village, name, noon):
    proposal = proposed(LATER, maker.caller, rename("新村", village.id))
    agreed = agree(town.client, proposal).json
    assert (agreed["effective_at"], agreed["done_at"]) == ("2026-06-02T04:00:00+00:00", None)

    noon.move(hours=23, minutes=59)
    sweep(app)
    assert name() == "旧村"

    noon.move(minutes=1)
    sweep(app)
    assert name() == "新村"
    assert read(maker.client, proposal)["done_at"] == "2026-06-02T04:00:00+00:00"


def test_it_is_done_once(app, proposed, maker, town, village, name, noon):
    agree(town.client, proposed(LATER, maker.caller, rename("新村", village.id)))
    noon.move(hours=24)
    sweep(app)
    with app.app_context(), transaction():
        house(village.id).door_number = "后来的村"

    sweep(app)

    assert name() == "后来的村"


def test_one_who_was_told_stops_it_alone(app, holder, proposed, maker, town, village, name, noon):
    leader = holder(Role.GROUP_LEADER, village.id)
    proposal = proposed(LATER, maker.caller, rename("新村", village.id))
    agree(town.client, proposal)

    stopped = post(leader.client, f"proposals/{proposal}/stop", BECAUSE).json

    assert (stopped["state"], stopped["reason"]) == ("stopped", "这不对")
    noon.move(hours=48)
    sweep(app)
    assert name() == "旧村"


def test_a_stranger_does_not_stop_it(app, given, proposed, maker, town, village, name, noon):
    proposal = proposed(LATER, maker.caller, rename("新村", village.id))
    agree(town.client, proposal)

    answer = post(given.visitor(), f"proposals/{proposal}/stop", BECAUSE)

    assert_refused(answer, 404, "proposals.not_found")
    noon.move(hours=24)
    sweep(app)
    assert name() == "新村"


def test_what_is_in_force_or_undecided_is_not_stopped(app, proposed, maker, town, village, noon):
    proposal = proposed(LATER, maker.caller, rename("新村", village.id))
    stop = f"proposals/{proposal}/stop"
    assert_refused(post(town.client, stop, BECAUSE), 409, "proposals.not_coming")
    agree(town.client, proposal)
    noon.move(hours=24)
    sweep(app)

    assert_refused(post(town.client, stop, BECAUSE), 409, "proposals.not_coming")


def test_after_seven_days_it_is_off(app, proposed, maker, town, village, name, noon):
    proposal = proposed(LATER, maker.caller, rename("新村", village.id))
    noon.move(days=7)
    assert_refused(agree(town.client, proposal), 409, "proposals.lapsed")

    sweep(app)

    assert read(maker.client, proposal)["state"] == "lapsed"
    assert_refused(agree(town.client, proposal), 409, "decisions.decided")
    items = maker.client.get("/api/v1/notices").json["items"]
    assert [one["sentence"] for one in items] == ["改名：七天没有人处理，已作废"]
    assert name() == "旧村"


def test_until_then_it_is_open(app, proposed, maker, town, village, noon):
    proposal = proposed(LATER, maker.caller, rename("新村", village.id))
    noon.move(days=6, hours=23, minutes=59)
    sweep(app)

    assert agree(town.client, proposal).status_code == 200


def test_what_has_become_impossible_fails_whole(app, proposed, maker, town, village, name, noon):
    proposal = proposed(LATER, maker.caller, rename("不行村", village.id))
    agree(town.client, proposal)
    noon.move(hours=24)

    sweep(app)

    shown = read(maker.client, proposal)
    assert (shown["state"], shown["reason"]) == ("failed", "given.name_taken")
    assert name() == "旧村"


def test_what_has_moved_on_meanwhile_fails(app, proposed, maker, town, village, name, noon):
    proposal = proposed(LATER, maker.caller, rename("新村", village.id))
    agree(town.client, proposal)
    with app.app_context(), transaction():
        house(village.id).door_number = "别的村"
    noon.move(hours=24)

    sweep(app)

    shown = read(maker.client, proposal)
    assert (shown["state"], shown["reason"]) == ("failed", "decisions.moved_on")
    assert name() == "别的村"


def test_a_broken_one_stops_no_other_and_rings(
    app, given, holder, proposed, maker, town, village, name, noon
):
    broken = proposed(LATER, maker.caller, rename("坏村", village.id))
    agree(town.client, broken)
    place = given.household(village=given.village()).village
    good = proposed(LATER, holder(Role.TOWN_ADMIN, place.town_id).caller, rename("好村", place.id))
    agree(holder(Role.TOWN_ADMIN, place.town_id).client, good)
    noon.move(hours=24)

    sweep(app)

    with app.app_context():
        assert house(place.id).door_number == "好村"
    assert (name(), read(maker.client, broken)["state"]) == ("旧村", "approved")
    noon.move(minutes=11)
    with app.app_context():
        assert [reading.value for reading in readings()] == [1]
