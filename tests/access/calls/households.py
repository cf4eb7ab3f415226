"""The roster, who is bound to it and related in it, and the care register."""

from typing import Any

from tests.access.calls.call import Call, about, file, lists, once, same
from tests.access.world import Around
from tests.access.world.households import CARE
from tests.given.rosters import id_number

_OF_HOUSEHOLD = {"query": lambda a: {"household_id": a.household_id, "limit": 100}}


def _split(around: Around) -> dict[str, Any]:
    return {
        "people": 1,
        "new_head": {"name": "新人", "id_number": id_number(7)},
        "group_id": str(around.village.group_id),
        "door_number": "99号",
        "document": "separation",
    }


def _merge(around: Around) -> dict[str, Any]:
    return {"into_id": around.neighbour_id, "document": "household_register"}


CALLS: dict[str, Call] = {
    "bindings.bind_by_phone": once(json=same(code="no-such-code")),
    "bindings.bind_in_person": Call(
        json=lambda a: {
            "code": "000000",
            "household_id": a.household_id,
            "member_name": "王小明",
            "document": "id_card",
        },
    ),
    "bindings.end_binding": about("binding_id"),
    "bindings.issue_code": once(),
    "bindings.of_household": once(),
    "care.end": about("entry_id", same(because="better"), "care_entry_id"),
    "care.enter": Call(json=lambda a: CARE | {"household_id": a.household_id}),
    "care.history": lists("care_entry_id", **_OF_HOUSEHOLD),
    "care.notes": lists("note_id", **_OF_HOUSEHOLD),
    "care.register": lists("care_entry_id"),
    "care.revise": about("entry_id", same(**CARE), "care_entry_id"),
    "care.write_note": Call(json=lambda a: {"household_id": a.household_id, "text": "下午在家"}),
    "household_changes.changes": about("household_id"),
    "household_changes.merge": about("household_id", _merge),
    "household_changes.preview_merge": about("household_id", _merge),
    "household_changes.preview_split": about("household_id", _split),
    "household_changes.split": about("household_id", _split),
    "household_relations.end_relation": about("relation_id"),
    "household_relations.household_relations": lists("relation_id"),
    "household_relations.relate": Call(
        json=lambda a: {
            "household_id": a.household_id,
            "other_id": a.neighbour_id,
            "kind": "kin",
        },
    ),
    "households.find": lists("household_id", query=same(door="号", limit=100)),
    "households.household": about("household_id"),
    "households.overview": about("household_id"),
    "households.households": lists("household_id"),
    "liaison.assigned_households": lists("household_id"),
    "rosters.import_roster": once(form=lambda _: {"file": file(), "dry_run": "true"}),
    "rosters.template": once(),
}
