"""What was collected, by village, day and stream."""

from datetime import date

from app.register.assets.streams import Stream
from app.register.identity.roles import Role
from app.waste.collection.counting import counts
from app.waste.collection.handing_over import Amount, Line
from tests.given.chains import at
from tests.given.factories import COUNTY


def test_collections_are_counted_live_and_reckoned_weights_apart(app, given, chain):
    neighbour = given.household(village=chain.village)
    full = Amount(fill_percent=75, litres=240)
    residual = Line(Stream.RESIDUAL, Amount(850))
    chain.collect(Line(Stream.KITCHEN, Amount(2_100)), residual, when=at("06:40"))
    chain.collect(Line(Stream.KITCHEN, full), when=at("06:45"), household_id=neighbour.id)
    chain.collect(Line(Stream.KITCHEN), when=at("2 06:45"), household_id=neighbour.id)
    chain.passed(chain.cart, chain.room, 148_000, at("08:10"), chain.collector)  # no collection
    elsewhere = given.village()

    def counted(place_id):
        with app.app_context():
            found = counts(COUNTY, [place_id], from_on=date(2026, 6, 1), to_on=date(2026, 6, 2))
        return [(one.day.day, one.stream, one.collections, one.unweighed) for one in found], [
            (one.weighed_grams, one.reckoned_grams) for one in found
        ]

    numbers, grams = counted(chain.village.town_id)
    assert numbers == [
        (1, Stream.KITCHEN, 2, 0),
        (1, Stream.RESIDUAL, 1, 0),
        (2, Stream.KITCHEN, 1, 1),
    ]
    assert grams == [(2_100, 99_000), (850, 0), (0, 0)]
    assert counted(elsewhere.id) == ([], [])
    client = given.staff(Role.VILLAGE_ADMIN, chain.village.id)
    shown = client.get("/api/v1/waste?from_on=2026-06-01&to_on=2026-06-01").json["items"]
    assert [(one["stream"], one["collections"]) for one in shown] == [
        ("kitchen", 2),
        ("residual", 1),
    ]
    too_long = client.get("/api/v1/waste?from_on=2026-06-01&to_on=2026-07-02")
    assert too_long.status_code == 422
