"""Collections and hand-overs as phones send them."""

from uuid import uuid4

from app.register.identity.roles import Role
from tests.given.http import assert_refused, post
from tests.given.uploads import posted


def body(chain, client, **more) -> dict:
    return {
        "pair_id": str(uuid4()),
        "household_id": str(chain.family.id),
        "to_asset_id": str(chain.cart),
        "lines": [{"stream": "kitchen", "grams": 2_100}, {"stream": "residual", "grams": 850}],
        "grade": "a",
        "phone_time": "2026-06-01T11:58:00+08:00",
        "upload_id": posted(client),
    } | more


def test_a_collection_costs_few_statements_and_earns_at_once(app, given, chain, queries):
    collector = given.staff(Role.COLLECTOR, chain.village.id)
    sent = body(chain, collector)
    listed = collector.get("/api/v1/collections/today").json["items"]
    assert [(one["id"], one["is_done"]) for one in listed] == [(str(chain.family.id), False)]

    with queries() as seen:
        answer = post(collector, "collections", sent)

    assert answer.status_code == 201, answer.json
    assert (answer.json["points"], [one["grams"] for one in answer.json["handovers"]]) == (
        10,
        [2_100, 850],
    )
    of_handovers = [one for one in seen if "handovers" in one or "assets" in one]
    assert len(of_handovers) == 4  # of the pair, the ends, the insert of both lines, and read back
    again = post(collector, "collections", sent | {"upload_id": None})
    assert again.json["check_id"] == answer.json["check_id"]
    assert collector.get("/api/v1/collections/today").json["items"][0]["is_done"] is True


def test_both_sides_of_a_leg_are_sent_and_read_and_a_photo_is_asked_for(given, chain):
    haulier = given.staff(Role.HAULIER, chain.village.county_region_id)
    leg = {
        "pair_id": str(uuid4()),
        "side": "given",
        "stream": "kitchen",
        "from_asset_id": str(chain.room),
        "to_asset_id": str(chain.truck),
        "fill_percent": 50,
        "litres": 10_000,
        "empties": True,
    }

    assert_refused(post(haulier, "handovers", leg), 422, "collection.photo_needed")
    done = post(haulier, "handovers", leg | {"upload_id": posted(haulier)})

    assert (done.status_code, done.json["grams"], done.json["how"]) == (201, 2_750_000, "reckoned")
    listed = haulier.get(f"/api/v1/handovers?asset_id={chain.room}&count=true").json
    assert (listed["total"], listed["items"][0]["id"]) == (1, done.json["id"])
    asked = f"asset_id={chain.room}&stream=kitchen&day=2026-06-01"
    (load,) = haulier.get(f"/api/v1/loads?{asked}").json["items"]
    assert (load["is_open"], load["balance"]["out_grams"], load["balance"]["odd"]) == (
        False,
        None,
        None,
    )
    voided = post(haulier, f"handovers/{done.json['id']}/void", {"reason": "twice"})
    assert voided.json["state"] == "void"
