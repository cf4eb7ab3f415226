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


_BIRTH = same(document="household_register")


def _death(around: Around) -> dict[str, Any]:
    return {"member_id": str(around.family.head_id), "document": "death_certificate"}


def _head(_: Around) -> dict[str, Any]:
    return {"new_head": {"name": "新人", "id_number": id_number(7)}, "document": "id_card"}


def _move(around: Around) -> dict[str, Any]:
    return {
        "group_id": str(around.village.group_id),
        "door_number": "99号",
        "from_on": "2020-01-01",
        "document": "village_statement",
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
    "household_changes.birth": about("household_id", _BIRTH),
    "household_changes.death": about("household_id", _death),
    "household_changes.head": about("household_id", _head),
    "household_changes.preview_head": about("household_id", _head),
    "household_changes.move": about("household_id", _move),
    "household_changes.preview_birth": about("household_id", _BIRTH),
    "household_changes.preview_death": about("household_id", _death),
    "household_changes.preview_move": about("household_id", _move),
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
    "liaisons.assign": Call(
        json=lambda a: {"household_ids": [a.household_id], "member_id": str(a.family.head_id)}
    ),
    "liaisons.hand_over": Call(
        path=lambda a: {"member_id": a.family.head_id},
        json=same(is_dry_run=True),
    ),
    "liaisons.nearest": Call(
        json=lambda a: {"group_id": str(a.village.group_id), "is_dry_run": True}
    ),
    "liaisons.of_area": once(),
    "liaison.assigned_households": lists("household_id"),
    "rosters.import_roster": once(form=lambda _: {"file": file(), "dry_run": "true"}),
    "rosters.template": once(),
}
