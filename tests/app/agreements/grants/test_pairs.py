"""No path gives one person two roles of a forbidden pair: all pairs, by endpoint and by command."""

from itertools import permutations

import pytest

from app.agreements.grants import jobs, queries
from app.agreements.grants.service import FIRST_ONES
from app.kernel.db import transaction
from app.register.identity import grants
from app.register.identity.apart import GRANTED, NEVER_IN_ONE_PERSON, Where
from app.register.identity.errors import NotApart
from app.register.identity.granting import HELD_AT, SECONDS
from app.register.identity.roles import IN_AN_AREA, Role
from app.register.regions.models import RegionKind
from tests.given.factories import COUNTY
from tests.given.http import assert_refused
from tests.given.persons import NUMBERS

PAIRS = sorted(
    (one, other)
    for one, other in permutations(GRANTED, 2)
    if frozenset({one, other}) in NEVER_IN_ONE_PERSON
)
NUMBER = NUMBERS[2]


@pytest.fixture
def at(given):
    """Where a role can be held, in one village and above it; shops are somewhere else."""
    village = given.village()

    def place(role: Role):
        kinds = HELD_AT.get(role, frozenset({RegionKind.VILLAGE}))
        if RegionKind.COUNTY in kinds:
            return village.county_region_id
        if RegionKind.TOWN in kinds:
            return village.town_id
        return village.group_id if kinds == {RegionKind.GROUP} else village.id

    return place


def test_the_table_is_the_one_of_the_design():
    def apart_from(role):
        return {o for pair in NEVER_IN_ONE_PERSON if role in pair for o in pair - {role}}

    assert apart_from(Role.AUDITOR) == GRANTED - {Role.AUDITOR}
    assert apart_from(Role.BANK) == GRANTED - {Role.BANK}
    watched = {Role.AUDITOR, Role.BANK}
    assert apart_from(Role.FINANCE) == watched | {
        Role.COUNTY_ADMIN,
        Role.TOWN_ADMIN,
        Role.VILLAGE_ADMIN,
        Role.OPERATOR,
        Role.SECURITY_ADMIN,
        Role.MERCHANT,
        Role.CLERK,
        Role.RECYCLER_AGENT,
        Role.BOOTH_KEEPER,
        Role.REVIEWER,
    }
    for allowed in (
        {Role.BOOTH_KEEPER, Role.COLLECTOR},
        {Role.MERCHANT, Role.CLERK},
    ):
        assert frozenset(allowed) not in NEVER_IN_ONE_PERSON


@pytest.mark.parametrize(("one", "other"), PAIRS)
def test_no_pair_is_written_into_one_person(app, given, phone, at, held, noon, one, other):
    first, second = phone("19900000031", NUMBER), phone("19900000032", NUMBER)
    given.grant(first, one, at(one))

    with app.app_context(), pytest.raises(NotApart), transaction():
        grants.record_grant(
            county_id=COUNTY,
            user_id=second,
            role=other,
            place_id=at(other),
            actor_id=None,
            at=noon(),
        )

    assert (held(first), held(second)) == ([one], [])


@pytest.mark.parametrize(("one", "other"), [pair for pair in PAIRS if pair[1] in SECONDS])
def test_no_pair_is_granted_by_endpoint(given, phone, at, held, p1, propose, one, other):
    first, second = phone("19900000031", NUMBER), phone("19900000032", NUMBER)
    given.grant(first, one, at(one))

    answer = propose(p1.client, "19900000032", other, at(other))

    assert_refused(answer, 403, "trust.not_apart")
    assert (held(first), held(second)) == ([one], [])


@pytest.mark.parametrize(("one", "other"), [pair for pair in PAIRS if pair[1] in FIRST_ONES])
def test_no_pair_is_entered_by_command(app, given, phone, at, held, one, other):
    first, second = phone("19900000031", NUMBER), phone("19900000032", NUMBER)
    given.grant(first, one, at(one))

    result = app.test_cli_runner().invoke(
        args=[
            *("staff", "grant", "--phone=19900000032", "--name=赵某", f"--role={other}"),
            f"--id-number={NUMBER}",
        ]
    )

    assert (result.exit_code, result.output) == (
        1,
        "Error: 这两个角色不能由同一个人担任，请换一个人\n",
    )
    assert (held(first), held(second)) == ([one], [])


def test_a_village_administrator_may_keep_the_booth_of_another_village(
    app, given, phone, held, noon
):
    here, there = given.village(), given.village()
    user_id = phone("19900000031", NUMBER)
    given.grant(user_id, Role.VILLAGE_ADMIN, here.id)

    with app.app_context(), transaction():
        grants.record_grant(
            county_id=COUNTY,
            user_id=user_id,
            role=Role.BOOTH_KEEPER,
            place_id=there.id,
            actor_id=None,
            at=noon(),
        )

    assert NEVER_IN_ONE_PERSON[frozenset({Role.VILLAGE_ADMIN, Role.BOOTH_KEEPER})] is (
        Where.SAME_AREA
    )
    assert held(user_id) == ["booth_keeper", "village_admin"]


def test_a_pair_from_before_the_rule_is_listed_each_night(app, given, phone, at, noon, caplog):
    user_id = phone("19900000031", NUMBER)
    given.grant(user_id, Role.FINANCE, at(Role.FINANCE))
    noon.move(days=1)
    given.grant(user_id, Role.COUNTY_ADMIN, at(Role.COUNTY_ADMIN))

    with app.app_context():
        jobs.look_at_offices()
        (fault,) = queries.faults(COUNTY)

    assert (fault.user_id, set(fault.roles)) == (user_id, {Role.FINANCE, Role.COUNTY_ADMIN})
    assert [record.levelname for record in caplog.records if "trust.fault" in str(record.msg)] == [
        "ERROR"
    ]
    result = app.test_cli_runner().invoke(args=["trust", "check"])
    assert result.exit_code == 1
    assert result.output == "赵某: 财政人员、县管理员: 这两个角色不能由同一个人担任\n"


def test_a_county_in_order_passes_the_check(app, p1, p2, auditor):
    result = app.test_cli_runner().invoke(args=["trust", "check"])

    assert (result.exit_code, result.output) == (0, "")


def test_every_role_of_an_area_has_somebody_who_confirms_it():
    assert SECONDS.keys() == IN_AN_AREA - {Role.AUDITOR}
    assert all(seconds for seconds in SECONDS.values())
