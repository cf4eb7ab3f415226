"""What people found at the household: checks that differ, a visit, the base score, and a sale."""

from datetime import date
from uuid import UUID, uuid4

from sqlalchemy import select

from app.kernel.db import db, transaction
from app.kernel.ids import uuid7
from app.points import ledger
from app.recycling.sales import queries as sales
from app.recycling.sales import service
from app.register.identity.roles import Role
from app.sorting.inspections.models import CheckConflict
from app.sorting.rounds import planning
from app.sorting.rounds.models import Visit, Way
from app.standing.scores.models import Score
from tests.access.world.ground import Ground, number, picture, sent
from tests.given.uploads import posted, upload

WEEK = date(2026, 6, 1)
DRAWN = {990101: date(2026, 5, 25), 990102: date(2026, 5, 18)}  # the week drawn, by county
PAPER = {"material": "paper", "weight": "1", "unit": "kg"}
MUCH = {"material": "mixed", "weight": "41", "unit": "kg"}  # a yes is needed


def furnish(ground: Ground) -> dict[str, object]:
    inspector_id, _ = ground.of_village(Role.INSPECTOR)
    weigher_id, collector = ground.of_village(Role.COLLECTOR)
    _, keeper = ground.of_village(Role.BOOTH_KEEPER)
    _check(ground, collector, "bin", "a")
    sold = {"household_id": str(ground.family.id), "lines": [PAPER]}
    large = {"household_id": str(ground.family.id), "lines": [MUCH]}
    recycler_id = _recycler(ground)
    return {
        "check_id": UUID(_check(ground, keeper, "booth", "b")["id"]),
        "conflict_id": _conflict(ground),
        "inspector_id": inspector_id,
        "visit_id": _visit(ground, inspector_id),
        "drawn_on": _drawn(ground),
        "score_id": _score(ground),
        "recycler_id": recycler_id,
        "weigher_id": weigher_id,
        "sale_id": UUID(sent(collector, "sales", sold)["id"]),
        "large_sale_id": UUID(
            sent(collector, "sales", large | {"upload_id": posted(collector)})["id"]
        ),
    }


def _check(ground: Ground, client, setting: str, grade: str) -> dict[str, str]:
    """Two of them on a day that differ contradict each other."""
    answer = upload(
        client,
        "/api/v1/checks",
        picture(),
        household_id=str(ground.family.id),
        setting=setting,
        grade=grade,
        kinds="kitchen",
    )
    assert answer.status_code == 201, answer.json
    return answer.json


def _conflict(ground: Ground) -> UUID:
    with ground.app.app_context():
        of_family = CheckConflict.household_id == ground.family.id
        return db.session.scalars(select(CheckConflict.id).where(of_family)).one()


def _visit(ground: Ground, inspector_id: UUID) -> UUID:
    at = ground.clock()
    visit = Visit(
        county_id=ground.county_id,
        id=uuid7(at),
        week_on=WEEK,
        from_on=WEEK,
        household_id=ground.neighbour.id,
        village_id=ground.village.id,
        group_id=ground.village.group_id,
        way=Way.RANDOM,
        ordinal=1,
        why={},
        drawn_for=inspector_id,
        inspector_id=inspector_id,
        planned_at=at,
    )
    visit_id = visit.id
    ground.add(visit)
    return visit_id


def _drawn(ground: Ground) -> date:
    """The week that was drawn in the county, another one than in the other county."""
    week_on = DRAWN[ground.county_id]
    with ground.app.app_context(), transaction():
        planning.draw_week(county_id=ground.county_id, week_on=week_on, at=ground.clock())
    return week_on


def _score(ground: Ground) -> UUID:
    score_id = uuid4()
    ground.add(
        Score(
            county_id=ground.county_id,
            id=score_id,
            household_id=ground.family.id,
            first_day=date(2026, 5, 1),
            last_day=date(2026, 5, 31),
            checks=1,
            items={"kitchen": {"points": 100, "findings": 0, "left": 100}},
            score=100,
            policy_version=1,
            closed_at=ground.clock(),
        )
    )
    return score_id


def _recycler(ground: Ground) -> UUID:
    """The company that buys in the village, with 100 yuan to buy with."""
    with ground.app.app_context():
        known = sales.recyclers_of([ground.village.id]).get(ground.village.id)
    if known is not None:
        return known
    by = ground.given.user()
    with ground.app.app_context(), transaction():
        recycler_id = service.add_recycler(
            county_id=ground.county_id,
            region_id=ground.village.id,
            name=f"{number()}号回收公司",
            owner_id=by,
            by=by,
            at=ground.clock(),
        ).id
        for kind, debit, credit in (
            (ledger.TransferKind.FUNDING, ledger.custody(), ledger.reserve()),
            (ledger.TransferKind.PREPAYMENT, ledger.reserve(), ledger.recycler(recycler_id)),
        ):
            ledger.post(
                county_id=ground.county_id,
                reference=f"access:{number()}",
                decided_at=ground.clock(),
                kind=kind,
                debit=debit,
                credit=credit,
                amount=10_000,
            )
    return recycler_id
