"""What others find at a household: checks, conflicts, planned visits, rates, base scores, sales."""

from typing import Any

from app.register.identity.roles import Role
from app.sorting.inspections.models import Setting
from tests.access.calls.call import Call, about, lists, once, photo, same
from tests.access.world import Around
from tests.access.world.checking import PAPER

_VISIT = "UPDATE visits SET drawn_for = :caller, inspector_id = :caller WHERE id = :visit_id"
_SALE = "UPDATE sales SET weighed_by = :caller WHERE id = :sale_id"
_WEEK = same(day="2026-06-01", limit=100)


def _check(around: Around) -> dict[str, Any]:
    """A check as the caller's role makes them; other roles are refused before it is read."""
    settings = {setting.role: setting for setting in Setting}
    setting = settings.get(around.role or Role.VISITOR, Setting.DOOR)
    form = {"household_id": around.household_id, "setting": setting.value, "grade": "a"}
    return form | {"kinds": "kitchen", "photo": photo()}


CALLS: dict[str, Call] = {
    "check_conflicts.check_conflicts": lists("conflict_id"),
    "check_conflicts.resolve": about("conflict_id", same(outcome="keep_both", note="两次都对")),
    "checks.add_photo": about("check_id", form=lambda _: {"photo": photo()}),
    "checks.checks": lists("check_id"),
    "checks.own": lists("check_id"),
    "checks.record_check": Call(form=_check),
    "rates.assigned_rates": lists("household_id"),
    "rates.household_rates": lists("household_id"),
    "ranks.boards": once(),
    "ranks.own": once(),
    "rates.own_days": once(),
    "rates.own_rates": once(),
    "rates.place_rates": Call(shows=lambda a: a.village.id),
    "rounds.findings": once(),
    "rounds.area_visits": lists("visit_id", query=_WEEK),
    "rounds.draw": about("week_on", name="drawn_on"),
    "rounds.own_visits": lists("visit_id", query=_WEEK, made_by_caller=_VISIT),
    "rounds.reassign": about(
        "visit_id", lambda a: {"inspector_id": str(a.inspector_id), "reason": "原督查员请假"}
    ),
    "rounds.record_result": about(
        "visit_id", form=lambda _: {"outcome": "seen"}, made_by_caller=_VISIT
    ),
    "rounds.set_settings": once(json=same(settings={"pass_from": 80})),
    "rounds.settings": once(),
    "rounds.visit": about("visit_id", made_by_caller=_VISIT),
    "sale_days.sale_days": Call(shows=lambda a: a.village.id),
    "sale_days.sign": Call(
        json=lambda a: {
            "village_id": str(a.village.id),
            "weighed_by": str(a.weigher_id),
            "day": "2026-06-01",
            "weight": "1",
            "unit": "kg",
            "pieces": 0,
        }
    ),
    "sales.area": lists("sale_id"),
    "sales.awaiting": lists("large_sale_id"),
    "sales.code": about("sale_id"),
    "sales.confirm": about("sale_id", name="large_sale_id"),
    "sales.decline": about("sale_id", name="large_sale_id"),
    "sales.prices": once(),
    "sales.sales": lists("sale_id"),
    "sales.sell": Call(json=lambda a: {"household_id": a.household_id, "lines": [PAPER]}),
    "sales.void": about("sale_id", same(because="称错了，重新称"), made_by_caller=_SALE),
    "sales.weighed": lists("sale_id", made_by_caller=_SALE),
    "scores.current": once(),
    "scores.scores": lists("score_id"),
}
