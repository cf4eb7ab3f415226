"""Assets, their labels, and bags."""

from typing import Any

from tests.access.calls.call import Call, about, lists, once, same
from tests.access.world import Around
from tests.access.world.ground import number


def _bin(around: Around) -> dict[str, Any]:
    return {
        "name": "厨余桶",
        "region_id": str(around.village.group_id),
        "household_id": str(around.household_id),
        "streams": ["kitchen"],
    }


CALLS: dict[str, Call] = {
    "assets.asset": about("asset_id"),
    "assets.assets": lists("asset_id"),
    "assets.change": about("asset_id", _bin),
    "assets.enter": Call(json=lambda a: _bin(a) | {"kind": "bin", "number": f"N{number()}"}),
    "assets.lacking": Call(shows=lambda a: a.village.id),
    "assets.move": about("asset_id", same(state="placed", reason="投入使用")),
    "bag_rolls.file": Call(path=lambda a: {"order_id": a.bag_order_id}),
    "bag_rolls.issue": about("roll_id", lambda a: {"household_id": str(a.household_id)}),
    "bag_rolls.order": once(json=same(rolls=1, bags=30, stream="kitchen")),
    "bag_rolls.void": about("roll_id"),
    "label_pages.page": Call(path=lambda a: {"code": a.label_code}),
    "labels.attach": Call(json=lambda a: {"code": a.blank_code, "asset_id": str(a.unlabelled_id)}),
    "labels.make_sheet": once(json=same(kind="bin", count=1)),
    "labels.print_sheet": about("sheet_id"),
    "labels.scan": Call(path=lambda a: {"code": a.label_code}),
}
