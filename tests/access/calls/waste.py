"""What is collected and handed on."""

from typing import Any
from uuid import uuid4

from tests.access.calls.call import Call, about, lists, once, same
from tests.access.world import Around

_MINE = "UPDATE handovers SET taken_by = :caller WHERE id = :handover_id"


def _nothing_put_out(around: Around) -> dict[str, Any]:
    return {
        "pair_id": str(uuid4()),
        "household_id": str(around.household_id),
        "to_asset_id": str(around.cart_id),
        "lines": [],
        "phone_time": "2026-06-01T12:00:00+08:00",
    }


def _given(around: Around) -> dict[str, Any]:
    return {
        "pair_id": str(uuid4()),
        "side": "given",
        "stream": "kitchen",
        "from_asset_id": str(around.cart_id),
        "to_asset_id": str(around.room_id),
        "grams": 1_000,
    }


def _load(around: Around) -> dict[str, Any]:
    return {"asset_id": around.cart_id, "stream": "kitchen", "day": "2026-06-01"}


CALLS: dict[str, Call] = {
    "collections.record": Call(json=_nothing_put_out),
    "collections.today": Call(shows=lambda a: a.household_id),
    "handovers.handovers": lists("handover_id"),
    "handovers.journeys": once(query=same(day="2026-06-01")),
    "handovers.loads": Call(query=_load),
    "handovers.record": Call(json=_given),
    "handovers.settle": about(
        "handover_id", same(grams=1_000, note="看过磅单"), name="differing_id"
    ),
    "handovers.void": about("handover_id", same(reason="twice"), made_by_caller=_MINE),
}
