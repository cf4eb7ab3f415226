"""Households that need special help, known to those who look after them and to nobody else."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.kernel.audit.models import AuditEvent
from app.kernel.db import db
from app.register.identity.roles import Role
from app.sorting.care import service
from app.sorting.care.models import CareEnd, CareEntry, CareReason, VisitNote
from tests.given.care import REVIEW_ON, enter, post, register, write_note


def stored(app, model=CareEntry) -> int:
    with app.app_context():
        return db.session.query(model).count()


def test_a_liaison_enters_a_household(app, liaison, family, noon):
    sent = enter(liaison, family, reasons=["disabled", "old"])

    assert sent.status_code == 201, sent.json
    assert sent.json == {
        "id": sent.json["id"],
        "household_id": str(family.id),
        "head": "王**",
        "door_number": sent.json["door_number"],
        "reasons": ["old", "disabled"],
        "note": "腿脚不便",
        "review_on": "2026-09-01",
        "is_review_due": False,
        "has_bound_phone": False,
        "entered_as": "liaison",
        "entered_at": noon().isoformat(),
        "ended_at": None,
        "ended_because": None,
    }
    assert register(liaison) == [sent.json]
    with app.app_context():
        (event,) = db.session.query(AuditEvent).filter_by(action="care.enter")
    assert (event.subject_id, event.details) == (sent.json["id"], {})


def test_a_note_is_not_readable_in_the_database(app, liaison, family):
    enter(liaison, family)
    write_note(liaison, family)

    with app.app_context():
        sealed = db.session.scalars(select(CareEntry.note_sealed)).one()
        text_sealed = db.session.scalars(select(VisitNote.text_sealed)).one()
    assert "腿脚不便".encode() not in sealed
    assert "老人".encode() not in text_sealed


def test_administrators_of_the_area_enter_and_see_it_too(given, liaison, family):
    places = {
        Role.VILLAGE_ADMIN: family.village.id,
        Role.TOWN_ADMIN: family.village.town_id,
        Role.COUNTY_ADMIN: family.village.county_region_id,
    }
    admins = {role: given.staff(role, place) for role, place in places.items()}

    sent = enter(admins[Role.VILLAGE_ADMIN], family)

    assert (sent.status_code, sent.json["entered_as"]) == (201, "village_admin")
    for client in (liaison, *admins.values()):
        assert register(client) == [sent.json]


def test_who_does_not_look_after_the_household_learns_nothing(
    app, given, liaison, family, elsewhere
):
    entry_id = enter(liaison, family).json["id"]
    write_note(liaison, family)

    for client in elsewhere:
        assert register(client) == []
        for path in ("history", "notes"):
            found = client.get(f"/api/v1/care/{path}?household_id={family.id}")
            assert found.json == {"items": [], "next": None}
        refused = enter(client, family)
        assert (refused.status_code, refused.json["code"]) == (404, "care.household_not_found")
        assert write_note(client, family).json["code"] == "care.household_not_found"
        for path, body in (
            ("end", {"because": "moved"}),
            ("revision", {"reasons": ["old"], "review_on": str(REVIEW_ON)}),
        ):
            refused = post(client, f"entries/{entry_id}/{path}", body)
            assert (refused.status_code, refused.json["code"]) == (404, "care.entry_not_found")
    assert (stored(app), stored(app, VisitNote)) == (1, 1)
    assert register(liaison)[0]["ended_at"] is None


def test_other_roles_are_refused(app, liaison, family, strangers):
    entry_id = enter(liaison, family).json["id"]

    for client in strangers:
        for path in (
            "entries",
            f"history?household_id={family.id}",
            f"notes?household_id={family.id}",
        ):
            assert client.get(f"/api/v1/care/{path}").status_code == 403
        assert enter(client, family).status_code == 403
        assert write_note(client, family).status_code == 403
        assert post(client, f"entries/{entry_id}/end", {"because": "moved"}).status_code == 403
    assert app.test_client().get("/api/v1/care/entries").status_code == 401
    assert (stored(app), stored(app, VisitNote)) == (1, 0)


def test_a_household_is_on_the_register_once(app, liaison, village_admin, family):
    enter(liaison, family)

    again = enter(village_admin, family, reasons=["ill"])

    assert (again.status_code, again.json["code"]) == (409, "care.already_entered")
    assert again.json["message"] == "这户已经在关爱名单里了，请直接修改"
    assert stored(app) == 1


@pytest.mark.parametrize("review_on", ["2026-06-01", "2020-01-01", "2027-06-03"])
def test_the_review_lies_ahead_and_within_a_year(app, liaison, family, review_on):
    refused = enter(liaison, family, review_on=review_on)

    assert (refused.status_code, refused.json["code"]) == (422, "care.review_in_the_past")
    assert stored(app) == 0


@pytest.mark.parametrize(
    "fields",
    [{"reasons": []}, {"reasons": ["poor"]}, {"note": ""}, {"review_on": "soon"}, {"x": 1}],
)
def test_a_malformed_entry_is_refused(app, liaison, family, fields):
    refused = enter(liaison, family, **fields)

    assert (refused.status_code, refused.json["code"]) == (422, "invalid_request")
    assert stored(app) == 0


def test_a_revision_is_a_new_entry_and_the_old_one_is_kept(
    app, liaison, village_admin, family, noon
):
    old = enter(liaison, family).json
    noon.move(days=1)

    revised = post(
        village_admin,
        f"entries/{old['id']}/revision",
        {"reasons": ["alone"], "review_on": "2026-12-01"},
    )

    assert revised.status_code == 200, revised.json
    assert (revised.json["reasons"], revised.json["note"]) == (["alone"], None)
    assert register(liaison) == [revised.json]
    history = liaison.get(f"/api/v1/care/history?household_id={family.id}").json["items"]
    assert history == [
        revised.json,
        old | {"ended_at": noon().isoformat(), "ended_because": "revised"},
    ]


def test_an_ended_entry_leaves_the_register_and_stays_in_the_history(app, liaison, family, noon):
    entry_id = enter(liaison, family).json["id"]
    noon.move(days=1)

    ended = post(liaison, f"entries/{entry_id}/end", {"because": "better"})

    assert (ended.json["ended_at"], ended.json["ended_because"]) == (noon().isoformat(), "better")
    assert register(liaison) == []
    again = post(liaison, f"entries/{entry_id}/end", {"because": "moved"})
    assert (again.status_code, again.json["code"]) == (409, "care.ended")
    assert again.json["message"] == "这条关爱登记已经结束或改过了，请刷新后查看"
    history = liaison.get(f"/api/v1/care/history?household_id={family.id}").json["items"]
    assert [item["ended_because"] for item in history] == ["better"]
    assert enter(liaison, family).status_code == 201


@pytest.mark.parametrize("because", ["revised", "bored", None])
def test_an_end_has_a_reason(app, liaison, family, because):
    entry_id = enter(liaison, family).json["id"]

    refused = post(liaison, f"entries/{entry_id}/end", {"because": because})

    assert refused.status_code == 422
    assert register(liaison)[0]["ended_at"] is None


def test_a_revision_that_is_refused_ends_nothing(app, liaison, family):
    entry_id = enter(liaison, family).json["id"]

    refused = post(
        liaison, f"entries/{entry_id}/revision", {"reasons": ["old"], "review_on": "2026-06-01"}
    )

    assert (refused.status_code, refused.json["code"]) == (422, "care.review_in_the_past")
    assert [item["id"] for item in register(liaison)] == [entry_id]


def test_the_register_says_who_has_no_phone_of_their_own(
    given, village_admin, liaison, liaison_family, family, noon
):
    noon.move(minutes=1)
    with_phone = given.household(village=family.village, liaison=liaison_family)
    given.resident(with_phone)
    for each in (family, with_phone):
        enter(village_admin, each)
        noon.move(minutes=1)

    all_of_them = register(village_admin)
    without = register(village_admin, "?without_phone=true")

    assert [item["has_bound_phone"] for item in all_of_them] == [True, False]
    assert [item["household_id"] for item in without] == [str(family.id)]


def test_the_register_says_when_a_review_is_due(liaison, family, noon):
    enter(liaison, family, review_on="2026-06-02")

    before = register(liaison)[0]["is_review_due"]
    noon.move(hours=12)  # 2 June begins in China

    assert (before, register(liaison)[0]["is_review_due"]) == (False, True)


@pytest.mark.parametrize("count", [1, 3])
def test_the_register_takes_pages_and_the_same_queries(
    given, village_admin, family, noon, queries, count
):
    families = [family] + [given.household(village=family.village) for _ in range(count - 1)]
    for each in families:
        enter(village_admin, each)
        noon.move(minutes=1)

    with queries() as seen:
        assert len(register(village_admin)) == count

    assert len(seen) == 2  # who calls, the register
    first = village_admin.get("/api/v1/care/entries?limit=1").json
    assert first["items"][0]["household_id"] == str(families[-1].id)
    if count > 1:
        (second,) = register(village_admin, f"?limit=1&before={first['next']}")
        assert second["household_id"] == str(families[-2].id)


def test_notes_are_read_newest_first_by_those_who_look_after_the_household(
    app, liaison, village_admin, family, noon
):
    first = write_note(liaison, family).json
    noon.move(days=1)
    second = write_note(village_admin, family, "已经装了新桶").json

    url = f"/api/v1/care/notes?household_id={family.id}"
    assert liaison.get(url).json == {"items": [second, first], "next": None}
    assert (first["text"], first["written_as"]) == ("老人耳背，要敲重一点", "liaison")
    assert (second["written_as"], second["written_at"]) == ("village_admin", noon().isoformat())
    page = liaison.get(f"{url}&limit=1").json
    assert liaison.get(f"{url}&limit=1&before={page['next']}").json["items"] == [first]
    with app.app_context():
        events = db.session.query(AuditEvent).filter_by(action="care.write_note").count()
    assert events == 2


@pytest.mark.parametrize("text", ["", "  ", "长" * 201, None])
def test_a_note_is_short_and_not_empty(app, liaison, family, text):
    refused = write_note(liaison, family, text)

    assert refused.status_code == 422
    assert stored(app, VisitNote) == 0


def test_a_repeat_answers_as_the_first_time(app, liaison, family):
    first, second = (enter(liaison, family, key="enter-it-once") for _ in "ab")

    assert first.json == second.json
    assert stored(app) == 1


@pytest.fixture
def carers(given, family):
    return [given.caller(Role.VILLAGE_ADMIN, family.village.id) for _ in range(16)]


NEED = service.Need(reasons=[CareReason.OLD], note=None, review_on=REVIEW_ON)


def test_of_many_who_enter_a_household_one_does(app, family, carers, noon, together):
    outcomes = together(
        lambda by=by: service.enter(household_id=family.id, need=NEED, by=by, at=noon())
        for by in carers
    )

    assert outcomes == {"done": 1, "AlreadyInCare": 15}
    assert stored(app) == 1


@pytest.mark.race("app.sorting.care.service._open_entry")
def test_of_many_who_end_or_revise_an_entry_one_does(app, family, carers, noon, together):
    together([lambda: service.enter(household_id=family.id, need=NEED, by=carers[0], at=noon())])
    with app.app_context():
        entry_id = db.session.scalars(select(CareEntry.id)).one()
    later = noon() + timedelta(days=1)

    def ending(by):
        return lambda: service.end(entry_id=entry_id, because=CareEnd.MOVED, by=by, at=later)

    def revising(by):
        return lambda: service.revise(entry_id=entry_id, need=NEED, by=by, at=later)

    outcomes = together(work(by) for by, work in zip(carers, [ending, revising] * 8, strict=True))

    assert outcomes == {"done": 1, "CareEnded": 15}
    with app.app_context():
        ended = db.session.scalars(select(CareEntry).where(CareEntry.id == entry_id)).one()
        successors = db.session.query(CareEntry).count() - 1
    assert successors == (1 if ended.ended_because is CareEnd.REVISED else 0)
