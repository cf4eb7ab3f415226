"""Two people make a campaign and move its money; everybody else looks, or does not."""

import pytest
from sqlalchemy import select

from app.kernel.audit.models import AuditEvent
from app.kernel.db import db
from app.points import ledger
from app.register.identity.roles import Role
from tests.given.http import assert_refused, post

NOBODY = "00000000-0000-7000-8000-000000000000"


@pytest.fixture
def state(office):
    """How the newest campaign stands, as the list tells it."""

    def read():
        return office.maker.get("/api/v1/campaigns").json["items"][0]["state"]

    return read


def test_a_funder_gets_money_when_a_second_person_approves(given, office):
    funder = office.funder()
    office.reserve(10_000)

    proposed = office.fund(funder, 6_000)
    before = office.left(funder)
    approved = office.approved(proposed)

    assert (proposed.json["state"], before) == ("proposed", 0)
    assert (approved.status_code, approved.json["state"]) == (200, "approved")
    assert (office.left(funder), given.balance(ledger.reserve())) == (6_000, 4_000)
    listed = office.checker.get("/api/v1/funders").json["items"]
    assert listed == [{"id": str(funder), "name": "县供销社", "balance_fen": 6_000}]
    (seen,) = office.checker.get("/api/v1/subsidy-fundings").json["items"]
    assert {name: seen[name] for name in approved.json} == approved.json
    assert seen["funder_name"] == "县供销社"


def test_nobody_approves_their_own_funding(given, office):
    funder = office.funder()
    office.reserve(10_000)
    proposed = office.fund(funder, 6_000)

    answer = office.approved(proposed, client=office.maker)

    message = "自己经办的不能自己复核，请换一位同事"
    assert_refused(answer, 403, "trust.same_person", message)
    assert (office.left(funder), given.balance(ledger.reserve())) == (0, 10_000)


def test_a_reserve_that_is_too_small_says_how_much_is_missing(given, office):
    funder = office.funder()
    office.reserve(10_000)
    proposed = office.fund(funder, 10_050)

    answer = office.approved(proposed)

    message = "钱不够，还差 0.50 元，请改小金额再试"
    assert_refused(answer, 409, "campaigns.funds_too_small", message)
    assert (office.left(funder), given.balance(ledger.reserve())) == (0, 10_000)
    assert office.maker.get("/api/v1/subsidy-fundings").json["items"][0]["state"] == "proposed"


def test_a_funding_is_decided_once(office):
    funder = office.funder()
    office.reserve(10_000)
    proposed = office.fund(funder, 6_000)

    declined = post(office.checker, f"subsidy-fundings/{proposed.json['id']}/refusal")
    answer = office.approved(proposed)

    assert declined.json["state"] == "declined"
    assert_refused(answer, 409, "decisions.decided")
    assert office.left(funder) == 0
    assert_refused(
        post(office.checker, f"subsidy-fundings/{NOBODY}/approval"),
        404,
        "campaigns.funding_not_found",
    )


def test_money_goes_back_to_the_reserve_when_campaigns_are_over(given, office, noon):
    funder = office.funder(6_000)
    office.campaign(funder)
    asked = office.fund(funder, 6_000, "reclaim")

    early = office.approved(asked)
    noon.move(days=2)
    late = office.approved(asked)

    message = "这个出资单位还有活动没有结束，活动结束后才能收回资金"
    assert_refused(early, 409, "campaigns.still_run", message)
    assert (late.status_code, late.json["direction"]) == (200, "reclaim")
    assert (office.left(funder), given.balance(ledger.reserve())) == (0, 6_000)


def test_a_stopped_campaign_frees_its_money(office):
    funder = office.funder(6_000)
    office.stop(office.campaign(funder))

    assert office.approved(office.fund(funder, 5_000, "reclaim")).status_code == 200
    answer = office.approved(office.fund(funder, 1_001, "reclaim"))

    assert_refused(answer, 409, "campaigns.funds_too_small")
    assert office.left(funder) == 1_000


def test_two_funders_do_not_share_a_name(office):
    office.funder()

    answer = office.maker.post("/api/v1/funders", json={"name": "县供销社"})

    assert_refused(answer, 409, "campaigns.funder_name_taken")
    assert len(office.maker.get("/api/v1/funders").json["items"]) == 1


def test_funders_are_listed_with_one_question_for_all_balances(office, queries):
    office.funder(100)
    with queries() as one:
        office.maker.get("/api/v1/funders")
    office.funder(200, name="镇妇联")
    with queries() as two:
        office.maker.get("/api/v1/funders")

    assert len(one) == len(two)


def test_a_campaign_is_made_by_one_and_approved_by_another(app, office, state):
    funder = office.funder()

    made = office.draft(funder, weekdays=[5, 1, 5], day_limit_fen=2_000)
    own = office.decide(made.json["id"], client=office.maker)
    before = state()
    approved = office.decide(made.json["id"])

    assert made.status_code == 201, made.json
    assert (made.json["weekdays"], made.json["state"]) == ([1, 5], "draft")
    assert_refused(own, 403, "trust.same_person")
    assert before == "draft"
    assert (approved.status_code, approved.json["state"]) == (200, "approved")
    with app.app_context():
        actions = db.session.scalars(
            select(AuditEvent.action).where(AuditEvent.subject_id == made.json["id"])
        ).all()
    assert sorted(actions) == ["campaigns.approved", "campaigns.make"]


def test_a_campaign_is_decided_once(office, state):
    made = office.draft(office.funder()).json["id"]
    office.decide(made, "refusal")

    assert_refused(office.decide(made), 409, "decisions.decided")
    assert state() == "declined"
    assert_refused(office.decide(NOBODY), 404, "campaigns.not_found")


def test_a_stop_says_why_and_is_final(office, state):
    campaign = office.campaign(office.funder())

    stopped = office.stop(campaign)
    again = office.stop(campaign)

    assert (stopped.json["state"], stopped.json["stopped_because"]) == (
        "stopped",
        "补贴资金另有安排",
    )
    assert_refused(again, 409, "campaigns.not_approved")
    assert_refused(office.stop(NOBODY), 404, "campaigns.not_found")
    assert state() == "stopped"


def test_what_does_not_run_is_not_stopped(office, state, noon):
    draft = office.draft(office.funder()).json["id"]
    assert_refused(office.stop(draft), 409, "campaigns.not_approved")
    office.decide(draft)
    noon.move(days=2)

    assert_refused(office.stop(draft), 409, "campaigns.not_approved")
    assert state() == "approved"


def test_a_campaign_whose_days_are_over_is_neither_made_nor_approved(office, state, noon):
    funder = office.funder()
    wrong = office.draft(funder, first_on="2026-06-03", last_on="2026-06-02")
    over = office.draft(funder, first_on="2026-05-01", last_on="2026-05-31")
    made = office.draft(funder).json["id"]
    noon.move(days=2)

    late = office.decide(made)

    for answer in (wrong, over, late):
        assert_refused(answer, 422, "campaigns.bad_days")
    assert state() == "draft"


def test_a_campaign_of_unknown_places_or_funders_is_refused(office, given, mall, counter):
    funder = office.funder()
    far = mall.counter(county_id=990102)

    assert_refused(office.draft(NOBODY), 404, "campaigns.funder_not_found")
    assert_refused(
        office.draft(funder, region_id=str(far.village.id)), 404, "campaigns.region_not_found"
    )
    shops = [str(counter.shop_id), str(far.shop_id)]
    assert_refused(office.draft(funder, shop_ids=shops), 404, "campaigns.shops_not_found")
    assert office.maker.get("/api/v1/campaigns").json["items"] == []


@pytest.mark.parametrize(
    "terms",
    [
        {"percent": 0},
        {"percent": 100},
        {"percent": 49.5},
        {"weekdays": []},
        {"weekdays": [8]},
        {"day_limit_fen": 0},
        {"name": " 五 "},
        {"region_id": None},
        {"region_id": NOBODY, "shop_ids": [NOBODY]},
        {"last_on": "tomorrow"},
    ],
)
def test_a_malformed_campaign_is_refused(office, terms):
    assert office.draft(office.funder(), **terms).status_code == 422
    assert office.maker.get("/api/v1/campaigns").json["items"] == []


@pytest.mark.parametrize("body", [{}, {"amount_fen": 0}, {"amount_fen": 1, "direction": "up"}])
def test_a_malformed_funding_is_refused(office, body):
    answer = post(office.maker, "subsidy-fundings", {"funder_id": str(office.funder()), **body})

    assert answer.status_code == 422
    assert office.maker.get("/api/v1/subsidy-fundings").json["items"] == []


WRITES = [
    "funders",
    "subsidy-fundings",
    f"subsidy-fundings/{NOBODY}/approval",
    f"subsidy-fundings/{NOBODY}/refusal",
    "campaigns",
    f"campaigns/{NOBODY}/approval",
    f"campaigns/{NOBODY}/refusal",
    f"campaigns/{NOBODY}/stop",
]
READS = ["funders", "subsidy-fundings", "campaigns"]


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.FINANCE, Role.COUNTY_ADMIN}))
def test_only_finance_and_the_countys_administrators_make_and_approve(given, role):
    who = given.staff(role, given.county())

    assert {post(who, path, {}).status_code for path in WRITES} == {403}


def test_auditors_read_and_residents_do_not(given, phone):
    auditor = given.staff(Role.AUDITOR, given.county())

    assert {auditor.get(f"/api/v1/{path}").status_code for path in READS} == {200}
    assert {phone.get(f"/api/v1/{path}").status_code for path in READS} == {403}


def test_another_county_sees_and_decides_nothing(office, given):
    funder = office.funder(1_000)
    draft = office.draft(funder).json["id"]
    proposed = office.fund(funder, 10).json["id"]
    far = given.staff(Role.FINANCE, given.county(990102), 990102)

    assert [far.get(f"/api/v1/{path}").json["items"] for path in READS] == [[], [], []]
    assert post(far, f"campaigns/{draft}/approval").status_code == 404
    assert post(far, f"subsidy-fundings/{proposed}/approval").status_code == 404
    assert office.fund(funder, 10, client=far).status_code == 404
    assert office.left(funder) == 1_000


def test_two_of_one_office_give_a_funder_nothing(given, office):
    funder = office.funder()
    proposed = office.fund(funder, 600)
    finance = given.staff(Role.FINANCE, given.county())

    answer = post(finance, f"subsidy-fundings/{proposed.json['id']}/approval")

    assert_refused(answer, 403, "trust.same_office")
    assert office.left(funder) == 0


def test_two_of_one_office_let_no_campaign_run(given, office, state):
    made = office.draft(office.funder()).json["id"]
    finance = given.staff(Role.FINANCE, given.county())

    answer = office.decide(made, client=finance)

    assert_refused(answer, 403, "trust.same_office")
    assert state() == "draft"
    assert office.decide(made, "refusal", client=finance).status_code == 200
