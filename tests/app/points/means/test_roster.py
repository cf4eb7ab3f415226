"""Case 10: what a roster would change of a household that has something to lose, or invent."""

from uuid import UUID

import pytest
from sqlalchemy import select, text

from app.agreements.proposals import carrying
from app.agreements.proposals import jobs as proposals
from app.agreements.proposals.models import Proposal
from app.kernel.db import db
from app.messages.delivery import jobs
from app.messages.notices import Notice
from app.register.households.models import Household, Member
from app.register.identity.roles import Role
from app.register.regions.models import Region
from tests.given.factories import COUNTY, Family
from tests.given.http import assert_refused, post, user_of
from tests.given.proposals import agree, read
from tests.given.rosters import book, id_number, row
from tests.given.subscriptions import Texts
from tests.given.wechat_wire import wechat

OLD, NEW = "19900000001", "19900009999"


@pytest.fixture
def village(given):
    return given.village("前进村")


@pytest.fixture
def town_name(app, village):
    with app.app_context():
        return db.session.get_one(Region, village.town_id).name


@pytest.fixture
def rows(town_name):
    """``rows(2)``: the first two rows of the village's roster."""
    return lambda most: [row(serial, 镇=town_name) for serial in range(1, most + 1)]


@pytest.fixture
def clerk(given, village):
    return given.staff(Role.VILLAGE_ADMIN, village.id)


@pytest.fixture
def town(given, village):
    return given.staff(Role.TOWN_ADMIN, village.town_id)


@pytest.fixture
def county(given, village):
    return given.staff(Role.COUNTY_ADMIN, village.county_region_id)


@pytest.fixture
def imports(clerk):
    """``imports(row, …)``: what the village's administrator is answered; others by ``client``."""
    used = iter(range(100))

    def run(*rows, dry_run="false", client=None):
        answer = (client or clerk).post(
            "/api/v1/roster-imports",
            data={"file": (book(*rows), "roster.xlsx"), "dry_run": dry_run},
            headers={"Idempotency-Key": f"roster-key-{next(used)}"},
        )
        assert answer.status_code == 200, answer.json
        return answer.json

    return run


@pytest.fixture
def home(app, given, village, rows, imports):
    """The household of the first row, with one point; three others have nothing."""
    imports(*rows(4))
    family = of_head(app, village, 1)
    given.points(family, 1)
    return family


@pytest.fixture
def texts(app, monkeypatch):
    provider = Texts()
    monkeypatch.setattr(app.extensions["clients"], "_sms", provider)
    return provider


def of_head(app, village, serial) -> Family:
    with app.app_context():
        head = db.session.scalars(
            select(Member).where(Member.name == row(serial)["户主姓名"])
        ).one()
        return Family(head.household_id, head.id, village)


def heads(app, household_id: UUID | None = None) -> list[tuple]:
    """Name, phone as it is compared, and whether they are the head."""
    with app.app_context():
        query = select(Member.name, Member.phone_index, Member.is_head).order_by(Member.id)
        if household_id is not None:
            query = query.where(Member.household_id == household_id)
        return [tuple(one) for one in db.session.execute(query)]


def households(app) -> list[str]:
    with app.app_context():
        return sorted(db.session.scalars(select(Household.door_number)))


def listed(found) -> list[tuple]:
    return [(one["row"], one["column"], one["kind"]) for one in found]


def open_one(app) -> UUID:
    with app.app_context():
        return db.session.scalars(select(Proposal.id).where(Proposal.state == "proposed")).one()


def begins(app):
    with app.app_context():
        proposals.begin_coming()


def binds(app, given, phone, openid):
    visitor = given.visitor()
    with app.app_context():
        db.session.execute(
            text("INSERT INTO wechat_accounts VALUES (:appid, :openid, :user, now())"),
            {
                "appid": app.config["SETTINGS"].wechat_appid,
                "openid": openid,
                "user": user_of(app, visitor),
            },
        )
        db.session.commit()
    with wechat(openid=openid, phone=phone):
        return visitor.post("/api/v1/bindings/by-phone", json={"code": f"code-{openid}"})


def test_case_10_another_phone_waits_and_the_other_rows_are_imported(
    app, given, rows, home, imports, texts
):
    first, second, third, _ = rows(4)
    before = heads(app, home.id)

    answer = imports(first | {"手机号": NEW}, second | {"手机号": None}, third | {"人口": 5})

    assert listed(answer["confirmations"]) == [(2, "手机号", "needs_confirmation")]
    assert (answer["confirmation_count"], answer["updated"], answer["unchanged"]) == (1, 2, 1)
    assert heads(app, home.id) == before
    assert len(households(app)) == 4
    with app.app_context():
        for notice in db.session.scalars(
            select(Notice).where(Notice.household_id == home.id)
        ).all():
            jobs.deliver(str(notice.county_id), str(notice.id))
    assert texts.sent == [
        (
            OLD,
            "有人提出：改一户登记的手机号或户主姓名。同意的话三天后才改。"
            "如果不是您家的意思，请马上告诉村里，也可以在“待办”里不同意",
        )
    ]
    assert_refused(binds(app, given, NEW, "o-thief"), 422, "households.phone_not_on_roster")


def test_case_10_the_town_confirms_with_the_document_and_three_days_later_it_is_so(
    app, given, rows, home, imports, clerk, town, noon
):
    imports(rows(1)[0] | {"手机号": NEW})
    proposal = open_one(app)
    assert [line["after"] for line in read(town, proposal)["lines"]] == [
        "前进村一组1号",
        row(1)["户主姓名"],
        "199****9999",
    ]

    assert_refused(agree(clerk, proposal), 403, "proposals.not_yours")
    assert agree(town, proposal).status_code == 200
    noon.move(hours=71)
    begins(app)
    assert_refused(binds(app, given, NEW, "o-early"), 422, "households.phone_not_on_roster")

    noon.move(hours=1)
    begins(app)
    assert binds(app, given, NEW, "o-new").status_code == 201
    assert_refused(binds(app, given, OLD, "o-old"), 422, "households.phone_not_on_roster")
    assert imports(rows(1)[0] | {"手机号": NEW})["unchanged"] == 1


def test_the_household_says_yes_or_no_on_its_phone_and_stops_what_it_did_not_see_in_time(
    app, given, rows, home, imports, town, noon
):
    phone = given.resident(home)
    before = heads(app, home.id)
    imports(rows(1)[0] | {"手机号": NEW})
    declined = open_one(app)
    assert post(phone, f"proposals/{declined}/refusal", {"reason": "不是"}).status_code == 200

    imports(rows(1)[0] | {"手机号": NEW})
    stopped = open_one(app)
    assert agree(town, stopped).status_code == 200
    assert post(phone, f"proposals/{stopped}/stop", {"reason": "不是"}).status_code == 200
    noon.move(hours=72)
    begins(app)
    assert heads(app, home.id) == before

    imports(rows(1)[0] | {"手机号": NEW})
    assert agree(phone, open_one(app)).status_code == 200
    noon.move(hours=72)
    begins(app)
    assert heads(app, home.id) != before


@pytest.mark.parametrize(
    ("changes", "columns"),
    [
        ({"户主姓名": "编造人"}, ["户主姓名"]),  # a name that could then be bound as known
        ({"手机号": None}, ["手机号"]),  # nobody could be told any more
        ({"户主姓名": "编造人", "手机号": NEW}, ["户主姓名", "手机号"]),
    ],
)
def test_a_name_waits_as_a_phone_does_and_the_rest_of_the_row_is_written(
    app, rows, home, imports, changes, columns
):
    before = heads(app, home.id)

    answer = imports(rows(1)[0] | changes | {"门牌": "9号"})

    assert listed(answer["confirmations"]) == [
        (2, column, "needs_confirmation") for column in columns
    ]
    assert (answer["updated"], listed(answer["differences"])) == (1, [(2, "门牌", "changes")])
    assert heads(app, home.id) == before
    assert households(app) == ["2号", "3号", "4号", "9号"]


def test_a_dry_run_says_the_same_and_proposes_nothing(app, rows, home, imports):
    changed = (rows(1)[0] | {"手机号": NEW}, row(9, 镇=rows(1)[0]["镇"]))

    dry = imports(*changed, dry_run="true")
    with app.app_context():
        assert db.session.scalars(select(Proposal)).all() == []

    assert dry["confirmations"] == imports(*changed)["confirmations"]
    assert listed(dry["confirmations"]) == [
        (2, "手机号", "needs_confirmation"),
        (3, "户主姓名", "new_household"),
    ]


@pytest.mark.parametrize("has", ["phone", "card"])
def test_a_phone_and_a_card_are_something_to_lose_as_points_are(
    app, given, village, rows, imports, office, noon, has
):
    imports(*rows(2))
    family = of_head(app, village, 2)
    if has == "phone":
        given.resident(family)
    else:
        office.active(family)

    changed = [one | {"手机号": f"1990000999{n}"} for n, one in enumerate(rows(2))]

    assert listed(imports(*changed)["confirmations"]) == [(3, "手机号", "needs_confirmation")]


def test_the_same_file_again_proposes_nothing_twice_and_another_phone_takes_its_place(
    app, rows, home, imports, town
):
    imports(rows(1)[0] | {"手机号": NEW})
    first = open_one(app)

    imports(rows(1)[0] | {"手机号": NEW})
    imports(rows(1)[0] | {"手机号": NEW}, client=town)
    assert open_one(app) == first

    imports(rows(1)[0] | {"手机号": "19900008888"})
    assert open_one(app) != first


def test_what_has_changed_meanwhile_is_not_agreed_to(app, rows, home, imports, town, noon):
    imports(rows(1)[0] | {"手机号": NEW})
    proposal = open_one(app)
    digest = read(town, proposal)["digest"]
    with app.app_context():
        head = db.session.get_one(Member, home.head_id)
        head.name = "赵另写"
        db.session.commit()

    assert_refused(agree(town, proposal, digest), 409, "decisions.moved_on")


def test_of_two_that_begin_at_once_one_has_moved_on(
    app, rows, home, imports, town, county, together, noon
):
    imports(rows(1)[0] | {"手机号": NEW})
    imports(rows(1)[0] | {"手机号": "19900008888"}, client=town)
    with app.app_context():
        both = db.session.scalars(select(Proposal.id)).all()
    for one in both:
        assert agree(county, one).status_code == 200
    at = noon.move(hours=72)

    def begin(one):
        return lambda: carrying.begin(county_id=COUNTY, proposal_id=one, at=at)

    assert together([begin(one) for one in both]) == {"done": 2}

    with app.app_context():
        ends = db.session.execute(select(Proposal.state, Proposal.reason)).all()
    assert sorted((str(state), reason) for state, reason in ends) == [
        ("approved", None),
        ("failed", "decisions.moved_on"),
    ]


def test_another_head_is_agreed_to_and_who_was_the_head_stays_a_member(
    app, rows, home, imports, town, noon
):
    old = heads(app, home.id)
    second, *_ = rows(4)[1:]
    newcomer = row(1, 镇=second["镇"], 户主姓名="赵新头", 身份证号=id_number(77, "19900303"))

    answer = imports(newcomer | {"手机号": NEW, "同门牌": "换户主"})
    assert listed(answer["confirmations"]) == [(2, "户主姓名", "head_changes")]
    assert answer["added"] == 0
    proposal = open_one(app)
    lines = read(town, proposal)["lines"][1:]
    assert [(line["label"], line["before"], line["after"]) for line in lines] == [
        ("户主姓名", row(1)["户主姓名"], "赵新头"),
        ("手机号", "199****0001", "199****9999"),
        ("新户主的身份证号", None, f"9{'*' * 16}{id_number(77, '19900303')[-1]}"),
    ]
    assert agree(town, proposal).status_code == 200
    assert heads(app, home.id) == old
    noon.move(hours=72)
    begins(app)

    assert [(name, is_head) for name, _, is_head in heads(app, home.id)] == [
        (row(1)["户主姓名"], False),
        ("赵新头", True),
    ]
    assert imports(newcomer | {"手机号": NEW})["unchanged"] == 1


def test_who_was_the_head_becomes_it_again_as_the_same_member(app, rows, home, imports, town, noon):
    first, second = rows(2)
    newcomer = row(1, 镇=first["镇"], 户主姓名="赵新头", 身份证号=id_number(77, "19900303"))
    imports(newcomer | {"同门牌": "换户主"})
    assert agree(town, open_one(app)).status_code == 200
    noon.move(hours=72)
    begins(app)

    old_file = imports(first, second | {"人口": 7})
    assert listed(old_file["questions"]) == [(2, "户主姓名", "head_is_member")]
    assert old_file["updated"] == 1
    answered = imports(first | {"同门牌": "换户主"})
    assert listed(answered["confirmations"]) == [(2, "户主姓名", "head_changes")]
    assert agree(town, open_one(app)).status_code == 200
    noon.move(hours=72)
    begins(app)

    assert [(name, is_head) for name, _, is_head in heads(app, home.id)] == [
        (row(1)["户主姓名"], True),
        ("赵新头", False),
    ]
    assert imports(first)["unchanged"] == 1


def test_two_heads_of_one_household_in_one_file_are_a_problem(app, rows, home, imports, town, noon):
    first = rows(1)[0]
    newcomer = row(1, 镇=first["镇"], 户主姓名="赵新头", 身份证号=id_number(77, "19900303"))
    imports(newcomer | {"同门牌": "换户主"})
    assert agree(town, open_one(app)).status_code == 200
    noon.move(hours=72)
    begins(app)

    answer = imports(newcomer, first, dry_run="true")

    assert listed(answer["problems"]) == [(3, "身份证号", "person_elsewhere")]


def test_nobodys_name_or_number_stands_in_a_proposal_in_clear(app, rows, home, imports):
    newcomer = row(1, 镇=rows(1)[0]["镇"], 户主姓名="赵新头", 身份证号=id_number(77, "19900303"))
    imports(newcomer | {"手机号": NEW, "同门牌": "换户主"}, row(9, 镇=newcomer["镇"]))

    with app.app_context():
        kept = str(db.session.scalars(text("SELECT proposals::text FROM proposals")).all())
    for secret in (NEW, OLD, "赵新头", id_number(77, "19900303"), id_number(9), "19900000009"):
        assert secret not in kept


# New households ----------------------------------------------------------------------------


def test_new_households_of_a_village_that_has_begun_are_one_proposal_of_the_import(
    app, rows, home, imports, clerk, town
):
    liaison = row(10, 镇=rows(1)[0]["镇"], 组="新组", 户主姓名="赵新来")
    other = row(11, 镇=liaison["镇"], 户主姓名="钱新来", 是否党员户="否", 联系党员="赵新来")

    answer = imports(*rows(4), other, liaison)

    assert listed(answer["confirmations"]) == [
        (6, "户主姓名", "new_household"),
        (7, "户主姓名", "new_household"),
    ]
    assert (answer["added"], answer["unchanged"], answer["new_groups"]) == (0, 4, [])
    assert households(app) == ["1号", "2号", "3号", "4号"]
    proposal = open_one(app)
    shown = read(town, proposal)
    assert shown["title"] == "前进村登记 2 户新住户"
    assert [(line["label"], line["after"]) for line in shown["lines"]] == [
        ("一组11号", f"钱新来，9{'*' * 16}{id_number(11)[-1]}，3 人"),
        ("新组10号", f"赵新来，9{'*' * 16}{id_number(10)[-1]}，3 人"),
    ]

    assert_refused(agree(clerk, proposal), 403, "trust.same_person")
    assert agree(town, proposal).status_code == 200

    assert households(app) == ["10号", "11号", "1号", "2号", "3号", "4号"]
    again = imports(*rows(4), other, liaison)
    assert (again["unchanged"], again["confirmation_count"]) == (6, 0)


def test_a_village_in_which_nobody_has_anything_yet_is_entered_by_one_person_in_many_files(
    app, rows, imports
):
    imports(*rows(2))

    assert (imports(*rows(4))["added"], len(households(app))) == (2, 4)


def test_new_households_that_wait_are_not_proposed_twice_and_later_ones_do_not_replace_them(
    app, rows, home, imports, town
):
    ninth, tenth = (row(serial, 镇=rows(1)[0]["镇"]) for serial in (9, 10))
    imports(ninth)
    imports(ninth, tenth)
    imports(ninth, tenth)

    with app.app_context():
        kept = db.session.scalars(select(Proposal).order_by(Proposal.id)).all()
    assert [(str(one.state), len(one.content["indexes"])) for one in kept] == [
        ("proposed", 1),
        ("proposed", 1),
    ]
    for one in kept:
        assert agree(town, one.id).status_code == 200
    assert households(app) == ["10号", "1号", "2号", "3号", "4号", "9号"]


def test_a_head_whom_the_register_knows_meanwhile_is_not_entered_again(
    app, rows, home, imports, town, county, noon
):
    newcomer = row(9, 镇=rows(1)[0]["镇"])
    imports(newcomer)
    new_household = open_one(app)
    imports(newcomer | {"门牌": "1号", "同门牌": "换户主"}, client=town)
    with app.app_context():
        of_head = select(Proposal.id).where(Proposal.kind == "roster_head")
        new_head = db.session.scalars(of_head).one()
    digest = read(town, new_household)["digest"]
    assert agree(county, new_head).status_code == 200
    noon.move(hours=72)
    begins(app)

    assert_refused(agree(town, new_household, digest), 409, "decisions.moved_on")
    assert households(app) == ["1号", "2号", "3号", "4号"]


def test_who_names_a_liaison_that_waits_waits_too(app, rows, home, imports):
    liaison = row(10, 镇=rows(1)[0]["镇"], 户主姓名="赵新来")
    known = rows(2)[1] | {"是否党员户": "否", "联系党员": "赵新来"}

    answer = imports(liaison, known)

    assert listed(answer["questions"]) == [(3, "联系党员", "liaison_waits")]
    assert listed(answer["confirmations"]) == [(2, "户主姓名", "new_household")]


def test_the_shell_imports_in_an_administrators_name(app, given, home, rows, tmp_path, village):
    administrator = given.staff(Role.COUNTY_ADMIN, village.county_region_id)
    given.phone(user_of(app, administrator), "19900007777")
    file = tmp_path / "roster.xlsx"
    file.write_bytes(book(rows(1)[0] | {"手机号": NEW}).getvalue())
    run = app.test_cli_runner().invoke

    nobodys = run(args=["roster", "import", str(file)])
    assert (nobodys.exit_code, "请用 --by 写明由谁来办" in nobodys.output) == (1, True)
    done = run(args=["roster", "import", str(file), "--by", "19900007777"])

    assert done.exit_code == 0, done.output
    assert "第 2 行，手机号：这户有积分、有卡或绑定了手机" in done.output
    assert "新增 0 户，更新 0 户，未变 1 户，1 处要另一人同意" in done.output
    with app.app_context():
        proposal = db.session.get_one(Proposal, (COUNTY, open_one(app)))
    assert proposal.proposed_by == user_of(app, administrator)


def bind_as_head(worker, second, family, name):
    body = {
        "code": second.post("/api/v1/bindings/code").json["code"],
        "household_id": str(family.id),
        "member_name": name,
        "document": "id_card",
    }
    answer = worker.post("/api/v1/bindings/in-person", json=body)
    assert answer.status_code == 201, answer.json


def test_one_administrator_does_not_change_the_phone_by_which_a_household_is_told(
    app,
    given,
    rows,
    home,
    imports,
    clerk,
    noon,
):
    """Whose points these are hears of it by that number, and of all that follows."""
    second = given.visitor()
    before = heads(app, home.id)
    bind_as_head(clerk, second, home, row(1)["户主姓名"])
    imports(rows(1)[0] | {"手机号": NEW})

    answer = agree(second, open_one(app))

    assert_refused(answer, 403, "trust.new_phone")
    noon.move(hours=72)
    begins(app)
    assert heads(app, home.id) == before
