"""What offices see first: a place's day, a household whole, the money, and what waits for them."""

from datetime import timedelta

from sqlalchemy import select

from app.config import ROOT
from app.kernel.audit.models import AuditEvent
from app.kernel.db import db
from app.points import ledger
from app.register.identity.roles import Role
from overviews.money import approvals
from tests.given.factories import COUNTY
from tests.given.http import post
from tests.given.seen import seen_at_the_bin
from tests.given.self_checks import judge, leased, screen, send


def test_a_village_reads_its_day_and_a_household_whole(app, given, town, noon, queries):
    village, family = town.family.village, town.family
    admin = given.staff(Role.VILLAGE_ADMIN, village.id, name="村官")
    seen_at_the_bin(app, given, family, noon() - timedelta(hours=1))
    self_check = send(town.phone).json["id"]
    screen(self_check)
    noon.move(minutes=1)
    town.handed_over((town.rice, 1), points=1_000)
    given.budget(village, 700)

    with queries() as cost:
        day = admin.get(f"/api/v1/regions/{village.id}/today").json

    assert len(cost) == 4, "who calls; how late a visit may be; the day; the budget"
    told = ("households", "put_out", "photographed", "photos_waiting", "without_liaison")
    assert [day[name] for name in told] == [1, 1, 1, 1, 1]
    assert (day["budget_left_fen"], day["visits_due"], day["without_phone_or_card"]) == (700, 0, 0)
    elsewhere = given.staff(Role.VILLAGE_ADMIN, given.village().id)
    assert elsewhere.get(f"/api/v1/regions/{village.id}/today").status_code == 404

    for _ in range(2):
        whole = admin.get(f"/api/v1/households/{family.id}/overview").json
    assert (whole["points"], whole["owed"], whole["card"]) == (4_000, 0, None)
    assert [one["points"] for one in whole["lines"]] == [-1_000, 5_000]
    assert whole["members"][0]["name"] == "王小明"
    assert "*" in whole["members"][0]["id_number"]
    assert [one["kind"] for one in whole["photos"]] == ["self_check"]
    with app.app_context():
        looks = select(AuditEvent.household_id).where(AuditEvent.action == "looks.household")
        assert db.session.scalars(looks).all() == [family.id]
    assert elsewhere.get(f"/api/v1/households/{family.id}/overview").status_code == 404

    burden = given.staff(Role.COUNTY_ADMIN, given.county()).get("/api/v1/burden").json
    assert burden["week_on"] == "2026-06-01"
    assert [(one["records"], one["photos"], one["minutes"]) for one in burden["items"]] == [
        (1, 0, 3)
    ]
    work = {one["role"]: one["count"] for one in admin.get("/api/v1/me/work").json["items"]}
    assert work == {"village_admin": 0}


def test_finance_reads_how_the_money_stands_and_an_auditor_every_line_of_it(
    app, given, town, office, noon
):
    given.budget(town.family.village, 700)
    noon.move(minutes=1)
    town.handed_over((town.rice, 1), points=1_000)

    summary = office.maker.get("/api/v1/ledger/summary").json
    parts = {part["kind"]: part["amount_fen"] for part in summary["parts"] if part["amount_fen"]}
    assert (summary["custody_fen"], summary["is_balanced"]) == (5_700, True)
    assert parts == {"village_budget": 700, "household": 4_000, "shop": 1_000}
    assert (summary["today"]["issued_fen"], summary["today"]["spent_fen"]) == (5_000, 1_000)
    flows = office.maker.get("/api/v1/ledger/flows?from_on=2026-05-31&to_on=2026-06-01").json
    assert [day["spent_fen"] for day in flows["items"]] == [0, 1_000]
    sheet = office.maker.get("/api/v1/ledger/flows?format=xlsx")
    assert sheet.data[:2] == b"PK"
    assert office.maker.get("/api/v1/ledger/flows?from_on=2020-01-01").status_code == 422

    auditor = given.staff(Role.AUDITOR, given.county())
    owner = {"owner": str(town.family.id)}
    (account,) = auditor.get("/api/v1/ledger/accounts", query_string=owner).json["items"]
    assert (account["posted"], account["entries"]) == (4_000, 2)
    assert account["name"].endswith("王**")
    query = {"account_id": account["id"]}
    spent, got = auditor.get("/api/v1/ledger/transfers", query_string=query).json["items"]
    assert (spent["kind"], spent["amount"], spent["debit"]["after"]) == ("order", 1_000, 4_000)
    assert (got["kind"], got["seal_number"]) == ("award", None)
    assert auditor.get("/api/v1/ledger/transfers?kind=order").json["items"] == [spent]
    with app.app_context():
        assert ledger.seals.counties() == [COUNTY]
    assert auditor.get("/api/v1/ledger/seals").json == {"items": [], "next": None}
    assert office.maker.get("/api/v1/ledger/transfers").status_code == 403


def test_what_waits_for_a_second_person_says_who_proposed_it_and_why_one_may_not(
    given, town, office
):
    given.budget(town.family.village, 700)
    office.reserve(50_000)
    funder = office.funder(20_000)
    allotment = {"village_id": str(town.family.village.id), "amount_fen": 30_000}
    assert post(office.maker, "allotments", allotment).status_code == 201
    office.noon.move(minutes=1)
    assert office.fund(funder, 10_000).status_code == 201

    mine = office.maker.get("/api/v1/approvals/waiting").json
    theirs = office.checker.get("/api/v1/approvals/waiting").json

    assert [one["kind"] for one in mine["items"]] == ["allotment", "subsidy_funding"]
    assert {one["why_not"] for one in mine["items"]} == {"您提的，要等别人复核"}
    assert (mine["may_decide"], theirs["may_decide"]) == (0, 2)
    assert theirs["items"][0]["title"].endswith("拨积分预算 300.00 元")
    assert theirs["items"][1]["title"] == "县供销社补贴资金 100.00 元"


def test_the_list_names_those_who_the_access_matrix_says_decide():
    decided_by = {
        "allotment": "allotments.approve",
        "cash_out": "cash_outs.release",
        "subsidy_funding": "subsidy_fundings.approve",
        "deposit": "deposits.approve",
        "campaign": "campaigns.approve",
        "reversal": "reversals.confirm",
        "policy_draft": "policy_drafts.approve",
        "merchant_application": "merchant_applications.approve",
        "voucher_claim": "voucher_claims.confirm",
        "bank_statement": "bank_statements.confirm",
    }
    matrix = (ROOT / "tests/access/matrix.csv").read_text(encoding="utf-8").splitlines()
    for kind, endpoint in decided_by.items():
        lines = [line.split(",") for line in matrix if line.startswith(f"{endpoint},")]
        granted = {Role(role) for _, role, *_ in lines} - {Role.BANK}
        assert granted == set(approvals.DECIDERS[kind]), kind


def test_a_reviewer_may_ask_for_earlier_photos_which_the_trace_has(app, given, town, noon):
    reviewer = given.staff(Role.REVIEWER, town.family.village.id)
    first = send(town.phone).json
    screen(first["id"])
    assert judge(reviewer, first["id"]).status_code == 200
    noon.move(days=1)
    second = send(town.phone).json["id"]
    screen(second)
    (lent,) = leased(reviewer)

    for _ in range(2):
        earlier = reviewer.get(f"/api/v1/reviews/{lent['id']}/earlier-photos").json["items"]

    assert [(one["photo_id"], one["state"]) for one in earlier] == [(first["photo_id"], "approved")]
    with app.app_context():
        looks = select(AuditEvent.household_id).where(AuditEvent.action == "looks.earlier_photos")
        assert db.session.scalars(looks).all() == [town.family.id]
    other = given.staff(Role.REVIEWER, town.family.village.id)
    assert other.get(f"/api/v1/reviews/{lent['id']}/earlier-photos").status_code == 404
    own = reviewer.get("/api/v1/reviewers/me?since=2026-06-01&until=2026-06-02").json
    assert own["today"] == {"judged": 0, "per_hour": None}
    assert own["figures"]["judged"] == 1
