"""The real run: all or nothing, the same whenever repeated, within the importer's area."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import UUID

import pytest
from sqlalchemy import select, text

from app.kernel.db import db, transaction
from app.kernel.ids import uuid7
from app.kernel.secrets import vault
from app.register.households.models import Binding, BindingMethod, Member
from app.register.households.roster import ImportRunning, RosterHasProblems
from app.register.identity.caller import Caller
from app.register.identity.models import User
from app.register.identity.roles import Grant, Role
from sandbox import roster as demo
from tests.given.factories import COUNTY
from tests.given.rosters import book, id_number, row

HEAD = row(1)
PLAIN = row(2, 是否党员户="否", 联系党员=HEAD["户主姓名"])


def counts(outcome):
    return outcome.added, outcome.updated, outcome.unchanged


def rows_of(app, statement):
    with app.app_context():
        return db.session.scalars(text(statement)).all()


def importer(given, role, place_id):
    return Caller(user_id=given.user(), county_id=COUNTY, grants=(Grant(role, place_id),))


def test_households_are_entered_with_head_group_and_liaison(imports, register):
    outcome = imports(book(HEAD, PLAIN))

    assert counts(outcome) == (2, 0, 0)
    assert outcome.new_groups == ("和平镇/前进村/一组",)
    assert register() == [
        ("1号", HEAD["户主姓名"], "一组", 3, True, None),
        ("2号", PLAIN["户主姓名"], "一组", 3, False, HEAD["户主姓名"]),
    ]


def test_heads_are_people_and_stay_the_same_ones(imports, app):
    imports(book(HEAD, PLAIN))
    of_members = (
        "SELECT p.id::text FROM members m JOIN people p ON p.id = m.person_id "
        "AND p.id_number_index = m.id_number_index ORDER BY m.id"
    )
    before = rows_of(app, of_members)
    assert len(set(before)) == 2

    imports(book(HEAD, PLAIN | {"人口": 5}))

    assert rows_of(app, of_members) == before
    assert len(rows_of(app, "SELECT id FROM people")) == 2


def test_a_liaison_may_stand_below_the_household_that_names_them(imports, register):
    imports(book(PLAIN, HEAD))

    assert register()[1][-1] == HEAD["户主姓名"]


def test_importing_the_same_file_again_changes_nothing_and_says_so(imports, app):
    imports(book(PLAIN, HEAD))
    before = rows_of(app, "SELECT households::text FROM households ORDER BY id")
    people = rows_of(app, "SELECT members::text FROM members ORDER BY id")

    outcome = imports(book(PLAIN, HEAD))

    assert counts(outcome) == (0, 0, 2)
    assert rows_of(app, "SELECT households::text FROM households ORDER BY id") == before
    assert rows_of(app, "SELECT members::text FROM members ORDER BY id") == people


@pytest.mark.parametrize(
    ("changes", "place", "value"),
    [
        ({"门牌": "2号院"}, 0, "2号院"),
        ({"户主姓名": "赵改名"}, 1, "赵改名"),
        ({"组": "二组"}, 2, "二组"),
        ({"人口": 5}, 3, 5),
    ],
)
def test_what_differs_is_updated(imports, register, changes, place, value):
    imports(book(HEAD, PLAIN))

    outcome = imports(book(HEAD, PLAIN | changes))

    assert counts(outcome) == (0, 1, 1)
    assert register()[1][place] == value
    assert len(register()) == 2


def test_a_changed_phone_is_updated(imports, app):
    imports(book(HEAD))
    before = rows_of(app, "SELECT phone_index FROM members")

    outcome = imports(book(HEAD | {"手机号": "19900009999"}))

    assert counts(outcome) == (0, 1, 0)
    assert rows_of(app, "SELECT phone_index FROM members") != before


def test_a_changed_liaison_is_updated_also_to_one_who_is_new(imports, register):
    imports(book(HEAD, PLAIN))
    newcomer = row(3)

    outcome = imports(book(PLAIN | {"联系党员": newcomer["户主姓名"]}, newcomer))

    assert counts(outcome) == (1, 1, 0)
    assert register()[1][-1] == newcomer["户主姓名"]


def test_a_household_that_is_not_in_the_file_is_left_alone(imports, register):
    imports(book(HEAD, PLAIN))

    imports(book(row(3)))

    assert [line[0] for line in register()] == ["1号", "2号", "3号"]


def test_a_liaison_may_be_a_party_member_of_the_register(imports, register):
    imports(book(HEAD))

    assert counts(imports(book(PLAIN))) == (1, 0, 0)
    assert register()[1][-1] == HEAD["户主姓名"]


def test_namesakes_in_file_and_register_are_told_apart_by_the_last_four(imports, register):
    imports(book(row(1, 户主姓名="张三")))
    twin = row(3, 户主姓名="张三")
    named = row(2, 是否党员户="否", 联系党员="张三")

    outcome = imports(book(twin, named), is_dry_run=True)
    assert [str(p.kind) for p in outcome.problems] == ["liaison_ambiguous"]

    imports(book(twin, named | {"联系党员": f"张三({id_number(1)[-4:]})"}))
    assert register()[1][-1] == "张三"


def test_a_party_member_whom_others_need_stays_one(imports, register):
    imports(book(HEAD, PLAIN))
    before = register()
    leaving = HEAD | {"是否党员户": "否", "联系党员": row(3)["户主姓名"]}

    outcome = imports(book(row(3), leaving), is_dry_run=True)

    (problem,) = outcome.problems
    assert (problem.row, problem.column) == (3, "是否党员户")
    assert problem.message == "系统里还有 1 户以此人为联系党员，请先给他们换人"
    with pytest.raises(RosterHasProblems):
        imports(book(row(3), leaving))
    assert register() == before


def test_a_party_member_may_leave_once_others_have_a_new_liaison(imports, register):
    imports(book(HEAD, PLAIN))
    successor = row(3)
    name = successor["户主姓名"]

    imports(
        book(
            successor,
            HEAD | {"是否党员户": "否", "联系党员": name},
            PLAIN | {"联系党员": name},
        )
    )

    assert [line[-1] for line in register()] == [name, name, None]


def test_a_person_registered_in_another_village_is_told(imports, register):
    imports(book(HEAD))

    outcome = imports(book(HEAD | {"村": "新建村"}), is_dry_run=True)

    (problem,) = outcome.problems
    assert (problem.row, problem.column, str(problem.kind)) == (2, "身份证号", "person_elsewhere")
    assert "前进村" not in problem.message


def test_a_person_who_is_a_member_of_another_household_is_told(imports, app):
    imports(book(HEAD))
    with app.app_context():
        from app.kernel.db import transaction
        from app.kernel.secrets import vault

        number = id_number(2)
        with transaction():
            db.session.execute(
                text("""
                    INSERT INTO members (id, county_id, household_id, name, id_number_sealed,
                                         id_number_index, is_head, is_party_member, created_at)
                    SELECT :id, county_id, id, '赵家人', :sealed, :index, false, false, created_at
                      FROM households
                """),
                {
                    "id": UUID(int=7),
                    "sealed": vault().seal(number, "id_number"),
                    "index": vault().index(number, "id_number"),
                },
            )

    outcome = imports(book(row(2)), is_dry_run=True)

    assert [str(p.kind) for p in outcome.problems] == ["person_elsewhere"]


@pytest.mark.parametrize(
    ("role", "where", "may"),
    [
        (Role.VILLAGE_ADMIN, "village", True),
        (Role.TOWN_ADMIN, "town", True),
        (Role.COUNTY_ADMIN, "county", True),
        (Role.VILLAGE_ADMIN, "other", False),
        (Role.REVIEWER, "county", False),
        (Role.GROUP_LEADER, "village", False),
    ],
)
def test_an_importer_needs_the_right_for_every_village(
    imports, register, places, given, role, where, may
):
    who = importer(given, role, getattr(places, where))

    outcome = imports(book(HEAD), by=who, is_dry_run=True)

    assert (outcome.problem_count == 0) is may
    if not may:
        with pytest.raises(RosterHasProblems):
            imports(book(HEAD), by=who)
        assert register() == []


def test_the_import_is_in_the_audit_trail_with_numbers_only(imports, app, places, given):
    who = importer(given, Role.VILLAGE_ADMIN, places.village)

    imports(book(HEAD, PLAIN), by=who)

    with app.app_context():
        actor_id, details = db.session.execute(
            text(
                "SELECT actor_id, details FROM audit_events"
                " WHERE action = 'households.import_roster'"
            )
        ).one()
    assert actor_id == who.user_id
    assert details == {"added": 2, "updated": 0, "unchanged": 0}


def test_id_numbers_and_phones_are_nowhere_in_clear(imports, app, caplog):
    imports(book(HEAD, PLAIN))

    stored = "".join(
        rows_of(
            app,
            "SELECT members::text FROM members UNION ALL SELECT households::text FROM households"
            " UNION ALL SELECT audit_events::text FROM audit_events",
        )
    )
    for secret in (HEAD["身份证号"], HEAD["手机号"], PLAIN["身份证号"], PLAIN["手机号"]):
        assert secret not in stored
        assert secret.encode().hex() not in stored
        assert secret not in caplog.text
    assert HEAD["户主姓名"] in stored


def test_progress_is_told_after_every_batch(imports):
    told = []

    imports(
        book(
            *[
                row(n % 1000, 身份证号=id_number(n % 1000, f"19{70 + n // 1000}0101"))
                for n in range(1200)
            ]
        ),
        progress=lambda done, expected: told.append((done, expected)),
    )

    assert [done for done, _ in told] == [1000, 1200, 2200, 2400]
    assert {expected for _, expected in told} == {2402}


def test_an_interrupted_import_changes_nothing(imports, register):
    def interrupt(done, expected):
        if done > 2:  # the second reading: rows are written already
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        imports(book(HEAD, PLAIN), progress=interrupt)

    assert register() == []


def test_the_demo_roster_imports_whole(app, imports, places, register):
    from app.kernel import clock
    from app.kernel.db import transaction
    from app.register.regions import queries, service

    with app.app_context(), transaction():
        for place in demo.places():
            town = queries.child(places.county, place.town) or service.add_region(
                county_id=COUNTY,
                parent_id=places.county,
                name=place.town,
                actor_id=None,
                at=clock.now(),
            )
            if queries.child(town.id, place.village) is None:
                service.add_region(
                    county_id=COUNTY,
                    parent_id=town.id,
                    name=place.village,
                    actor_id=None,
                    at=clock.now(),
                )

    with open("sandbox/data/roster.xlsx", "rb") as file:
        outcome = imports(file)

    assert (counts(outcome), len(outcome.new_groups)) == ((120, 0, 0), 8)
    homes = register()
    assert len(homes) == 120
    assert all((liaison is None) == is_party for *_, is_party, liaison in homes)


def test_two_imports_of_one_roster_at_once_enter_it_once(app, committed, imports, register):
    together = Barrier(2)

    def attempt(_):
        together.wait()
        try:
            return counts(imports(book(*[row(n) for n in range(200)])))
        except ImportRunning as refusal:
            return refusal.code

    with ThreadPoolExecutor(2) as pool:
        outcomes = set(pool.map(attempt, range(2)))

    assert (200, 0, 0) in outcomes
    assert outcomes - {(200, 0, 0)} <= {"roster.import_running", (0, 0, 200)}
    assert len(register()) == 200


def test_a_second_import_is_refused_while_the_first_runs(app, committed, imports, register):
    refusals = []

    def meanwhile(done, expected):
        with ThreadPoolExecutor(1) as pool:
            refusals.append(pool.submit(try_it).result())

    def try_it():
        with pytest.raises(ImportRunning) as refusal:
            imports(book(row(3)))
        return refusal.value.code

    imports(book(HEAD, PLAIN), progress=meanwhile)

    assert refusals == ["roster.import_running"] * 2
    assert [line[0] for line in register()] == ["1号", "2号"]


def test_a_character_that_gbk_kept_elsewhere_is_the_one_that_unicode_has(imports, register):
    imports(book(row(1, 户主姓名="刘\ue863")))

    assert register()[0][1] == "刘䶮"


@pytest.mark.parametrize("rare", ["刘𠮷", "刘\U00031350", "刘\U0002ebf0"])
def test_a_rare_character_is_kept(imports, register, rare):
    imports(book(row(1, 户主姓名=rare)))

    assert register()[0][1] == rare


@pytest.mark.parametrize("dot", "•‧・．∙⋅●.")
def test_a_liaison_with_another_dot_is_the_same_person(imports, register, dot):
    head = row(1, 户主姓名="阿迪力·买买提")
    other = row(2, 是否党员户="否", 联系党员=f"阿迪力{dot}买买提")

    assert counts(imports(book(head, other))) == (2, 0, 0)
    assert register()[1][-1] == "阿迪力·买买提"


@pytest.mark.parametrize(
    ("copied", "typed"), [("⾼青甲", "高青甲"), ("\uf955青甲", "凌青甲"), ("⻢青甲", "马青甲")]
)
def test_a_liaison_copied_from_a_pdf_is_found(imports, register, copied, typed):
    imports(book(row(1, 户主姓名=typed), row(2, 是否党员户="否", 联系党员=copied)))

    assert register()[1][-1] == typed


def test_groups_and_doors_are_the_same_whatever_the_width_of_their_digits(imports):
    first = imports(book(row(1, 组="1组", 门牌="12号"), row(2, 组="１组")))
    again = imports(book(row(1, 组="１组", 门牌="１２号"), row(2, 组="1 组")))

    assert first.new_groups == ("和平镇/前进村/1组",)
    assert counts(again) == (0, 0, 2)


def test_a_foreigners_older_residence_number_is_a_heads(imports, app):
    imports(book(row(1, 户主姓名="JOHN DOE", 身份证号="usa 1100 700101 12")))

    with app.app_context():
        (sealed,) = db.session.scalars(text("SELECT id_number_sealed FROM members")).all()
        assert vault().unseal(bytes(sealed), "id_number") == "USA110070010112"


NEW_HEAD = row(2, 户主姓名="赵新头", 身份证号=id_number(77, "19900303"))


def asked(outcome):
    return [(one.row, one.column, str(one.kind)) for one in outcome.questions]


@pytest.mark.parametrize("door", ["2号", "２ 号", "2"])
def test_another_head_at_a_door_of_the_register_is_asked_about_and_the_rest_imported(
    imports, register, door
):
    imports(book(HEAD, PLAIN))
    before = register()

    outcome = imports(book(HEAD | {"人口": 5}, NEW_HEAD | {"门牌": door}))

    assert asked(outcome) == [(3, "门牌", "other_head")]
    assert (counts(outcome), outcome.question_count) == ((0, 1, 0), 1)
    assert register() == [("1号", HEAD["户主姓名"], "一组", 5, True, None), before[1]]


def test_a_dry_run_asks_too(imports):
    imports(book(HEAD, PLAIN))

    assert asked(imports(book(HEAD, NEW_HEAD), is_dry_run=True)) == [(3, "门牌", "other_head")]


def test_another_household_at_the_same_door_is_entered_when_the_file_says_so(imports, register):
    imports(book(HEAD, PLAIN))

    outcome = imports(book(HEAD, NEW_HEAD | {"同门牌": "另一户"}))

    assert (counts(outcome), asked(outcome)) == ((1, 0, 1), [])
    assert [door for door, *_ in register()] == ["1号", "2号", "2号"]


def test_a_change_of_head_is_not_made_by_a_file_alone(imports, register):
    imports(book(HEAD, PLAIN))
    before = register()

    outcome = imports(book(HEAD, NEW_HEAD | {"同门牌": "换户主"}))

    assert asked(outcome) == []
    assert listed(outcome.confirmations) == [(3, "户主姓名", "head_changes")]
    assert register() == before


def test_whose_head_changes_is_asked_where_two_households_have_one_door(imports, register):
    imports(book(HEAD, PLAIN, row(3, 门牌=PLAIN["门牌"])))
    before = register()

    outcome = imports(book(HEAD, NEW_HEAD | {"同门牌": "换户主"}))

    assert asked(outcome) == [(3, "门牌", "whose_head_changes")]
    assert outcome.confirmation_count == 0
    assert register() == before


def test_two_heads_at_one_door_are_no_question_when_the_file_has_both(imports):
    imports(book(HEAD, PLAIN))

    outcome = imports(book(HEAD, PLAIN, NEW_HEAD))

    assert (counts(outcome), asked(outcome)) == ((1, 0, 2), [])


def test_the_same_door_in_another_group_is_another_door(imports):
    imports(book(HEAD, PLAIN, row(3, 组="二组")))

    outcome = imports(book(HEAD, NEW_HEAD | {"组": "二组"}))

    assert (counts(outcome), asked(outcome)) == ((1, 0, 1), [])


def test_who_needs_a_liaison_whose_row_waits_waits_too(imports, register):
    imports(book(HEAD, PLAIN))
    before = register()
    theirs = row(4, 是否党员户="否", 联系党员=NEW_HEAD["户主姓名"])

    outcome = imports(book(HEAD, NEW_HEAD, theirs))

    assert asked(outcome) == [(3, "门牌", "other_head"), (4, "联系党员", "liaison_waits")]
    assert register() == before


def test_an_answer_that_is_none_is_told(told):
    assert told(book(HEAD | {"同门牌": "不知道"})) == [(2, "同门牌", "same_door")]


def listed(found):
    return [(one.row, one.column, str(one.kind)) for one in found]


def test_one_phone_in_two_rows_is_warned_of_and_imported(imports):
    file = book(row(1), row(2, 手机号="19900000001"), row(3, 手机号=None), row(4, 手机号=None))

    outcome = imports(file, is_dry_run=True)

    assert (outcome.problem_count, outcome.warning_count) == (0, 2)
    assert listed(outcome.warnings) == [
        (2, "手机号", "phone_twice"),
        (3, "手机号", "phone_twice"),
    ]
    assert [one.message for one in outcome.warnings] == [
        f"与第 {other} 行是同一个手机号：这两户都不能用它自己绑定，要由村里当面绑定"
        for other in (3, 2)
    ]
    assert counts(imports(file)) == (4, 0, 0)


def test_one_phone_in_three_rows_is_warned_of_in_each_of_them_once(imports):
    file = book(*(row(serial, 手机号="19900000001") for serial in (1, 2, 3)))

    assert [one[0] for one in listed(imports(file).warnings)] == [2, 3, 4]


def test_a_phone_of_another_household_of_the_register_is_warned_of(imports):
    imports(book(row(1), row(2)))

    outcome = imports(book(row(3, 手机号="19900000001"), row(2)))

    assert listed(outcome.warnings) == [(2, "手机号", "phone_elsewhere")]
    assert counts(outcome) == (1, 0, 1)


def test_a_phone_that_two_rows_exchange_is_no_warning(imports):
    imports(book(row(1), row(2)))

    swapped = book(row(1, 手机号="19900000002"), row(2, 手机号="19900000001"))

    assert imports(swapped).warning_count == 0


def test_a_phone_whose_owner_is_bound_to_another_household_is_warned_of(imports, app, noon):
    imports(book(row(1, 手机号=None), row(2)))
    with app.app_context(), transaction():
        neighbour = db.session.scalars(select(Member).where(Member.name == "赵青乙")).one()
        user = User(county_id=COUNTY, id=uuid7(noon()), created_at=noon())
        user.phone_sealed = vault().seal("19900000009", "phone")
        user.phone_index = vault().index("19900000009", "phone")
        db.session.add(user)
        db.session.flush()
        db.session.add(
            Binding(
                id=uuid7(noon()),
                user_id=user.id,
                household_id=neighbour.household_id,
                member_id=neighbour.id,
                method=BindingMethod.PHONE,
                bound_at=noon(),
            )
        )

    other = imports(book(row(1, 手机号=None), row(2, 手机号="19900000009")), is_dry_run=True)
    own = imports(book(row(1, 手机号="19900000009"), row(2)), is_dry_run=True)

    assert listed(other.warnings) == [(3, "手机号", "phone_bound")]
    assert own.warnings == ()


def test_a_dry_run_says_what_it_would_change(imports, register):
    imports(book(row(1), row(2), row(3)))
    before = register()
    changed = book(
        row(1, 户主姓名="赵青改", 人口=5),
        row(2, 手机号=None, 组="二组"),
        row(3, 手机号="19900000099", 门牌="9号", 是否党员户="否", 联系党员="赵青丙"),
    )

    outcome = imports(changed, is_dry_run=True)

    assert counts(outcome) == (0, 3, 0)
    assert listed(outcome.differences) == [
        (2, "户主姓名", "head_renamed"),
        (2, "人口", "count_changes"),
        (3, "手机号", "phone_goes"),
        (3, "组", "changes"),
        (4, "手机号", "phone_changes"),
        (4, "门牌", "changes"),
        (4, "是否党员户", "party_changes"),
        (4, "联系党员", "changes"),
    ]
    said = {one.kind: one.message for one in outcome.differences}
    assert said["count_changes"] == "系统里是 3，会改成这里写的"
    assert said["party_changes"] == "系统里是“是”，会改成这里写的"
    assert "赵青" not in str(outcome.differences)
    assert register() == before
    assert imports(changed).difference_count == 8
    assert imports(changed).difference_count == 0
