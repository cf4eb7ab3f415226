"""People in the field: what they found, what they sent late, and what they looked at."""

from datetime import timedelta
from uuid import uuid4

from sqlalchemy import select

from app.kernel.audit.models import AuditEvent
from app.kernel.db import db, transaction
from app.photos import jobs as photo_jobs
from app.register.identity.roles import Role
from app.register.looks.models import Look
from app.sorting.rounds.models import Visit, VisitPhoto, VisitResult
from tests.given.factories import COUNTY
from tests.given.http import post
from tests.given.inspections import check, look
from tests.given.rows import count
from tests.given.uploads import posted


def test_an_inspector_sends_photos_one_by_one_and_a_late_record_twice(app, given, noon):
    family = given.household()
    user_id = given.user()
    given.grant(user_id, Role.INSPECTOR, family.village.id)
    inspector, at = given.signed_in(user_id), noon()
    with app.app_context(), transaction():
        visit = Visit(
            county_id=COUNTY,
            id=uuid4(),
            week_on=at.date() - timedelta(days=at.date().weekday()),
            from_on=at.date(),
            household_id=family.id,
            village_id=family.village.id,
            group_id=family.village.group_id,
            way="random",
            ordinal=1,
            why={},
            drawn_for=user_id,
            inspector_id=user_id,
            planned_at=at,
        )
        db.session.add(visit)
        visit_id = visit.id
    known = inspector.get("/api/v1/rounds/findings").json
    (bins,) = [one for one in known["items"] if one["item"] == "bins"]
    assert (bins["words"], bins["findings"][0]) == (
        "垃圾桶",
        {"code": "bin_missing", "words": "缺桶", "costs": 5},
    )

    noon.move(hours=5)
    uploads = [posted(inspector) for _ in range(2)]
    record = {
        "outcome": "seen",
        "findings": "bin_dirty",
        "upload_ids": ",".join(uploads),
        "client_id": str(uuid4()),
        "phone_time": (at + timedelta(hours=1)).isoformat(),
    }
    answers = [
        inspector.post(
            f"/api/v1/rounds/visits/{visit_id}/result",
            data=record,
            headers={"Idempotency-Key": uuid4().hex},
        )
        for _ in range(2)
    ]

    assert [one.status_code for one in answers] == [201, 201], answers[-1].json
    first, again = (one.json for one in answers)
    assert again["id"] == first["id"]
    assert len(first["photo_ids"]) == 2
    assert first["at"] == (at + timedelta(hours=1)).isoformat()
    assert (count(app, VisitResult), count(app, VisitPhoto)) == (1, 2)

    photo_jobs.prepare(str(COUNTY), first["photo_ids"][0])
    auditor = given.staff(Role.AUDITOR, given.county())
    for _ in range(2):
        shown = auditor.get(f"/api/v1/photos/{first['photo_ids'][0]}")
        assert shown.status_code == 200, shown.json
        shown.close()
    assert traced(app, "looks.photo") == [family.id]
    assert count(app, Look) == 1


def test_a_liaison_reads_heads_in_full_once_a_day_in_the_trace(app, liaison, family, noon):
    for _ in range(2):
        found = liaison.get("/api/v1/liaison/households").json
    assert (found["items"][0]["head"], found["items"][0]["has_phone"]) == ("王小明", False)
    assert found["counts"] == {"all": 1, "due": 1, "slipping": 0, "care": 0, "done": 0}
    assert traced(app, "looks.names") == [family.id]

    assert check(liaison, family).status_code == 201
    assert liaison.get("/api/v1/liaison/households").json["counts"]["done"] == 1
    noon.move(days=1)
    liaison.get("/api/v1/liaison/households")
    assert traced(app, "looks.names") == [family.id, family.id]


def test_a_collector_finds_what_they_recorded_today(collector, family):
    assert look(collector, family, "bin").status_code == 201

    (own,) = collector.get("/api/v1/checks/own?from_on=2026-06-01&to_on=2026-06-01").json["items"]
    assert (own["head"], own["group"], own["check"]["grade"]) == ("王**", "一组", "a")
    assert collector.get("/api/v1/checks/own?to_on=2026-05-31").json["items"] == []


def test_who_weighs_knows_what_is_left_and_a_kept_sale_is_paid_once(
    given, admin, recycler, family, noon
):
    agent = given.staff(Role.RECYCLER_AGENT, family.village.id)
    assert [one["balance_fen"] for one in agent.get("/api/v1/recyclers/own").json["items"]] == [
        10_000
    ]
    sale = {
        "household_id": str(family.id),
        "lines": [{"material": "paper", "weight": "2", "unit": "kg"}],
        "client_id": str(uuid4()),
        "phone_time": noon().isoformat(),
    }
    first, again = post(agent, "sales", sale), post(agent, "sales", sale)

    assert (first.status_code, again.status_code) == (201, 201), first.json
    assert first.json["id"] == again.json["id"]
    assert given.spendable(family) == 140
    other = given.household(village=family.village)
    refused = post(agent, "sales", sale | {"household_id": str(other.id)})
    assert (refused.status_code, refused.json["code"]) == (409, "sales.client_id_reused")
    assert given.spendable(other) == 0


def traced(app, action: str) -> list:
    with app.app_context():
        return list(
            db.session.scalars(
                select(AuditEvent.household_id)
                .where(AuditEvent.action == action)
                .order_by(AuditEvent.id)
            )
        )
