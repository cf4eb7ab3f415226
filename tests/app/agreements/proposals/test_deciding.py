"""One person proposes, another agrees, and then it is done: once, and only what was read."""

from uuid import uuid4

import pytest
from sqlalchemy import text

from app.agreements.proposals import Whoever, carrying, propose, service
from app.agreements.proposals.errors import ProposedAlready
from app.agreements.proposals.models import Proposal
from app.kernel.audit.models import AuditEvent
from app.kernel.db import db, transaction
from app.kernel.errors import Forbidden
from app.register.identity.roles import Role
from tests.given.http import assert_refused, post, user_of
from tests.given.proposals import AT_ONCE, BY_TWO, LATER, NameTaken, agree, house, read, rename

BECAUSE = {"reason": "名字不合适"}


def traced(app, action: str) -> list[tuple[object, dict]]:
    with app.app_context():
        rows = db.session.query(AuditEvent).filter_by(action=action).order_by(AuditEvent.id)
        return [(row.actor_id, row.details) for row in rows]


def test_nothing_changes_before_another_agrees(proposed, maker, town, village, name):
    proposal = proposed(AT_ONCE, maker.caller, rename("新村", village.id))

    assert name() == "旧村"
    assert agree(town.client, proposal).json["state"] == "approved"
    assert name() == "新村"


def test_who_decides_reads_what_would_change(proposed, maker, town, village):
    shown = read(town.client, proposed(AT_ONCE, maker.caller, rename("新村", village.id)))

    assert shown["title"] == "改名"
    assert shown["lines"] == [{"label": "名字", "before": "旧村", "after": "新村"}]
    assert (shown["may_decide"], shown["is_mine"], shown["still_needed"]) == (True, False, 1)
    assert shown["lapses_at"] == "2026-06-08T04:00:00+00:00"


def test_nobody_agrees_to_their_own(app, given, proposed, maker, village, name):
    given.grant(maker.caller.user_id, Role.TOWN_ADMIN, village.town_id)
    proposal = proposed(AT_ONCE, maker.caller, rename("新村", village.id))

    assert_refused(agree(maker.client, proposal), 403, "trust.same_person")

    assert (name(), read(maker.client, proposal)["state"]) == ("旧村", "proposed")
    about = {"proposal_id": str(proposal)}
    refused = {"code": "trust.same_person", "about": about}
    assert traced(app, "trust.refused") == [(maker.caller.user_id, refused)]


def test_a_second_phone_is_not_a_second_person(app, given, proposed, maker, village, name):
    family = given.household()
    given.resident(family, user_id=maker.caller.user_id)
    phone = given.user()
    given.grant(phone, Role.TOWN_ADMIN, village.town_id)
    second = given.resident(family, user_id=phone)
    proposal = proposed(AT_ONCE, maker.caller, rename("新村", village.id))

    assert_refused(agree(second, proposal), 403, "trust.same_person")
    assert name() == "旧村"


def test_whom_it_concerns_neither_proposes_nor_agrees(
    app, given, proposed, maker, town, village, name, noon
):
    family = given.household()
    given.resident(family, user_id=town.caller.user_id)
    about_theirs = rename("新村", village.id, households=[str(family.id)])
    proposal = proposed(AT_ONCE, maker.caller, about_theirs)

    assert_refused(agree(town.client, proposal), 403, "trust.same_household")

    with app.app_context(), pytest.raises(Forbidden), transaction():
        propose(AT_ONCE, about_theirs, by=town.caller, at=noon())
    assert name() == "旧村"


def test_an_approval_names_what_was_read(proposed, maker, town, village, name):
    proposal = proposed(AT_ONCE, maker.caller, rename("新村", village.id))

    assert_refused(agree(town.client, proposal, "0" * 64), 409, "decisions.moved_on")
    assert name() == "旧村"


def test_what_has_changed_since_is_not_changed_blindly(app, proposed, maker, town, village, name):
    proposal = proposed(AT_ONCE, maker.caller, rename("新村", village.id))
    with app.app_context(), transaction():
        house(village.id).door_number = "别的村"

    assert_refused(agree(town.client, proposal), 409, "decisions.moved_on")
    assert (name(), read(town.client, proposal)["state"]) == ("别的村", "proposed")


def test_a_stranger_does_not_see_it(given, proposed, maker, village, name):
    proposal = proposed(AT_ONCE, maker.caller, rename("新村", village.id))
    stranger = given.staff(Role.TOWN_ADMIN, given.village().town_id)

    assert_refused(agree(stranger, proposal, "0" * 64), 404, "proposals.not_found")
    assert stranger.get("/api/v1/proposals").json["items"] == []
    assert name() == "旧村"


def test_an_auditor_sees_all_and_decides_nothing(holder, proposed, maker, village):
    auditor = holder(Role.AUDITOR, village.county_region_id)
    proposal = proposed(AT_ONCE, maker.caller, rename("新村", village.id))

    listed = auditor.client.get("/api/v1/proposals").json["items"]

    assert [(one["id"], one["may_decide"]) for one in listed] == [(str(proposal), False)]
    assert_refused(agree(auditor.client, proposal), 403, "proposals.not_yours")


def test_the_list_of_what_waits_for_me(proposed, maker, town, village, noon):
    first = proposed(AT_ONCE, maker.caller, rename("新村", village.id))
    noon.move(seconds=1)
    second = proposed(LATER, maker.caller, rename("新村", village.id))
    agree(town.client, second)

    def ids(client, query):
        return [one["id"] for one in client.get(f"/api/v1/proposals?{query}").json["items"]]

    assert ids(town.client, "to_decide=true") == [str(first)]
    assert ids(maker.client, "to_decide=true") == []
    assert ids(maker.client, "") == [str(second), str(first)]
    assert ids(maker.client, "state=approved") == [str(second)]
    assert ids(maker.client, "kind=given_rename") == [str(first)]


def test_a_refusal_ends_it(proposed, maker, town, village, name):
    proposal = proposed(AT_ONCE, maker.caller, rename("新村", village.id))

    refused = post(town.client, f"proposals/{proposal}/refusal", BECAUSE)

    assert (refused.json["state"], refused.json["reason"]) == ("declined", "名字不合适")
    assert_refused(agree(town.client, proposal), 409, "decisions.decided")
    assert name() == "旧村"


def test_one_takes_back_ones_own_only(proposed, maker, town, village):
    proposal = proposed(AT_ONCE, maker.caller, rename("新村", village.id))

    assert post(town.client, f"proposals/{proposal}/withdrawal").status_code == 403
    withdrawn = post(maker.client, f"proposals/{proposal}/withdrawal").json
    assert withdrawn["state"] == "withdrawn"
    assert_refused(agree(town.client, proposal), 409, "decisions.decided")


def test_another_proposal_of_ones_own_takes_the_place_of_the_first(
    proposed, maker, town, village, name
):
    first = proposed(AT_ONCE, maker.caller, rename("甲村", village.id))
    second = proposed(AT_ONCE, maker.caller, rename("乙村", village.id))

    assert read(town.client, first)["state"] == "withdrawn"
    agree(town.client, second)
    assert name() == "乙村"


def test_the_same_is_not_proposed_by_two(app, holder, proposed, maker, village, noon):
    proposed(AT_ONCE, maker.caller, rename("新村", village.id))
    other = holder(Role.VILLAGE_ADMIN, village.id)

    with app.app_context(), pytest.raises(ProposedAlready), transaction():
        propose(AT_ONCE, rename("新村", village.id), by=other.caller, at=noon())
    with app.app_context():
        assert db.session.query(Proposal).count() == 1


def test_who_may_not_propose_enters_nothing(app, holder, village, noon):
    for place in (village.id, village.town_id):
        nobody = holder(Role.COLLECTOR, place)
        with app.app_context(), pytest.raises(Forbidden), transaction():
            propose(AT_ONCE, rename("新村", village.id), by=nobody.caller, at=noon())
    with app.app_context():
        assert db.session.query(Proposal).count() == 0


def test_what_the_kind_objects_to_is_not_proposed(app, maker, village, noon):
    with app.app_context(), pytest.raises(NameTaken), transaction():
        propose(AT_ONCE, rename("", village.id), by=maker.caller, at=noon())


def test_what_needs_two_more_waits_for_both(
    app, given, proposed, maker, town, county, village, name
):
    proposal = proposed(BY_TWO, maker.caller, rename("新村", village.id))

    assert_refused(agree(town.client, proposal), 409, "trust.one_more")

    shown = read(county.client, proposal)
    assert (name(), shown["state"], shown["still_needed"]) == ("旧村", "proposed", 1)
    assert_refused(agree(town.client, proposal), 403, "trust.same_person")
    assert agree(county.client, proposal).json["state"] == "approved"
    assert name() == "新村"


def test_an_office_that_has_agreed_is_not_asked_again(
    holder, proposed, maker, county, village, name
):
    proposal = proposed(BY_TWO, maker.caller, rename("新村", village.id))
    assert_refused(agree(county.client, proposal), 409, "trust.one_more")
    another = holder(Role.COUNTY_ADMIN, village.county_region_id)

    assert_refused(agree(another.client, proposal), 409, "trust.one_more")
    assert (name(), read(another.client, proposal)["still_needed"]) == ("旧村", 1)


def test_a_household_can_be_the_second(given, proposed, maker, village, name):
    family = given.household(village=village)
    home = given.resident(family)
    other = given.resident(given.household(village=village))
    draft = rename("新村", village.id, seconds=(Whoever(households={family.id}),))
    proposal = proposed(AT_ONCE, maker.caller, draft)

    assert_refused(agree(other, proposal, "0" * 64), 404, "proposals.not_found")
    assert [one["title"] for one in home.get("/api/v1/notices").json["items"]] == [
        "有一件事要两个人定"
    ]
    assert agree(home, proposal).json["state"] == "approved"
    assert name() == "新村"


def test_a_named_user_can_be_the_second(app, given, proposed, maker, village, name):
    owner = given.visitor()
    draft = rename("新村", village.id, seconds=(Whoever(users={user_of(app, owner)}),))
    proposal = proposed(AT_ONCE, maker.caller, draft)

    assert len(owner.get("/api/v1/notices").json["items"]) == 1
    assert agree(owner, proposal).json["state"] == "approved"
    assert name() == "新村"


def test_who_proposed_decides_and_is_told_hears_of_it(holder, proposed, maker, town, village, noon):
    leader = holder(Role.GROUP_LEADER, village.id)
    proposal = proposed(LATER, maker.caller, rename("新村", village.id))

    def sentences(office):
        items = office.client.get("/api/v1/notices").json["items"]
        return [one["sentence"] for one in items]

    made = "有人提出：改名。请打开“待办”看一看，觉得不对可以不同意或叫停"
    assert sentences(leader) == sentences(town) == [made]
    assert sentences(maker) == []

    noon.move(seconds=1)
    agree(town.client, proposal)

    agreed = "改名：已经同意，2026年6月2日 12:00起生效，之前都可以叫停"
    assert sentences(leader) == sentences(town) == [agreed, made]
    assert sentences(maker) == [agreed]


def test_what_is_done_at_once_is_told_as_done(proposed, maker, town, village):
    agree(town.client, proposed(AT_ONCE, maker.caller, rename("新村", village.id)))

    (told,) = maker.client.get("/api/v1/notices").json["items"]
    assert told["sentence"] == "改名：已经生效"


def test_a_repeated_approval_answers_as_the_first(proposed, maker, town, village):
    proposal = proposed(AT_ONCE, maker.caller, rename("新村", village.id))
    body, key = {"digest": read(town.client, proposal)["digest"]}, uuid4().hex

    first, second = (
        post(town.client, f"proposals/{proposal}/approval", body, key) for _ in range(2)
    )

    assert (first.status_code, first.data) == (200, second.data)


@pytest.mark.race("app.agreements.proposals.service._locked")
def test_of_eight_who_agree_at_once_one_decides(
    app, holder, proposed, maker, village, together, noon
):
    towns = [holder(Role.TOWN_ADMIN, village.town_id) for _ in range(8)]
    proposal = proposed(AT_ONCE, maker.caller, rename("新村", village.id))
    digest = read(towns[0].client, proposal)["digest"]

    def work(office):
        return lambda: service.approve(
            proposal_id=proposal, digest=digest, by=office.caller, at=noon()
        )

    assert together([work(office) for office in towns]) == {"done": 1, "AlreadyDecided": 7}


@pytest.mark.race("app.agreements.proposals.carrying.begin")
def test_what_is_done_and_stopped_at_once_ends_one_way(
    app, proposed, maker, town, village, together, noon, name
):
    proposal = proposed(LATER, maker.caller, rename("新村", village.id))
    agree(town.client, proposal)
    at = noon.move(hours=24)

    def begin():
        carrying.begin(county_id=maker.caller.county_id, proposal_id=proposal, at=at)

    def stop():
        service.stop(proposal_id=proposal, reason="不对", by=maker.caller, at=at)

    outcomes = together([begin] * 4 + [stop] * 4)

    state = read(maker.client, proposal)["state"]
    assert (state, name()) in {("approved", "新村"), ("stopped", "旧村")}
    assert outcomes.get("NotComing", 0) == (4 if state == "approved" else 3)


def test_the_database_keeps_what_was_proposed_and_agreed(app, proposed, maker, town, village):
    agree(town.client, proposed(LATER, maker.caller, rename("新村", village.id)))

    for change in (
        "UPDATE proposals SET content = '{}'",
        "UPDATE proposals SET proposed_by = decided_by",
        "DELETE FROM proposals",
        "UPDATE proposal_approvals SET digest = ''",
        "DELETE FROM proposal_approvals",
    ):
        with app.app_context(), pytest.raises(Exception, match="permission denied"), transaction():
            db.session.execute(text(change))
