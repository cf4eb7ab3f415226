"""``flask county``, ``flask staff`` and ``flask roster``, as an operator types them."""

from dataclasses import replace

import pytest
from sqlalchemy import select, text

from app.agreements.proposals.models import Proposal
from app.kernel.db import db, transaction
from app.register.identity.models import RoleGrant, User
from app.register.regions import queries
from tests.given.factories import COUNTY
from tests.given.persons import NUMBERS
from tests.given.rosters import book, row


@pytest.fixture
def flask(app):
    """``flask("county", "create", …)``: the result of the command."""
    runner = app.test_cli_runner()

    def run(*arguments):
        return runner.invoke(args=[str(argument) for argument in arguments])

    return run


@pytest.fixture
def county(flask):
    flask("county", "create", COUNTY, "示范县")
    flask("county", "add", COUNTY, "和平镇", "前进村")


@pytest.fixture
def roster(tmp_path):
    """``roster(*rows)``: the path of a workbook with these rows."""

    def made(*rows):
        path = tmp_path / "roster.xlsx"
        path.write_bytes(book(*rows).getvalue())
        return path

    return made


def households(app):
    with app.app_context():
        return db.session.scalar(text("SELECT count(*) FROM households"))


def grant(flask, **changes):
    options = {
        "phone": "19900000001",
        "name": "赵县长",
        "role": "county_admin",
        "id-number": NUMBERS[0],
    } | changes
    return flask("staff", "grant", *(f"--{key}={value}" for key, value in options.items()))


def test_a_county_and_its_places_are_entered(app, flask):
    created = flask("county", "create", COUNTY, "示范县")
    added = flask("county", "add", COUNTY, "和平镇", "前进村")
    repeated = flask("county", "add", COUNTY, "和平镇", "前进村")

    assert created.output == "990101 示范县: entered.\n"
    assert added.output == repeated.output == "和平镇/前进村: village.\n"
    with app.app_context():
        assert [place.name for place in queries.tree(COUNTY)] == ["示范县", "和平镇", "前进村"]


def test_a_place_is_proposed_in_an_administrators_name_once_there_are_some(app, flask, county):
    grant(flask)
    grant(flask, **SECOND)
    added = ("county", "add", COUNTY, "和平镇", "新建村")

    nobodys = flask(*added)
    assert nobodys.output.startswith("Error: 请用 --by 写明由谁来办")
    proposed = flask(*added, "--by=19900000001")

    assert (proposed.exit_code, proposed.output) == (0, "新建村: proposed.\n")
    with app.app_context():
        assert [place.name for place in queries.tree(COUNTY)] == ["示范县", "和平镇", "前进村"]
        proposal = db.session.scalars(select(Proposal)).one()
        assert (proposal.kind, proposal.content) == ("new_place", {"name": "新建村"})
        assert db.session.get_one(User, proposal.proposed_by).name == "赵县长"


def test_another_county_is_entered_in_the_name_of_an_administrator_of_one_that_is_here(
    app, flask, county
):
    grant(flask)
    another = ("county", "create", 990102, "邻县")

    assert flask(*another).output.startswith("Error: 请用 --by 写明由谁来办")
    assert flask(*another, "--by=19900000009").exit_code == 1
    assert flask(*another, "--by=19900000001").output == "990102 邻县: entered.\n"

    with app.app_context():
        county_id, name = db.session.execute(
            text(
                "SELECT e.county_id, u.name FROM audit_events e JOIN users u ON u.id = e.actor_id"
                " WHERE e.action = 'regions.create_county'"
            )
        ).one()
    assert (county_id, name) == (COUNTY, "赵县长")


def test_a_county_that_is_there_already_is_told_in_one_line(flask, county):
    again = flask("county", "create", COUNTY, "示范县")

    assert (again.exit_code, again.output) == (1, "Error: 区划代码 990101 已经登记过了\n")


@pytest.mark.parametrize("command", [("ledger", "verify"), ("county", "add", "990101", "和平镇")])
def test_a_database_that_is_away_is_told_in_one_line(another_app, settings, committed, command):
    away = replace(settings, database_url="postgresql+psycopg://fen_app@/fen?host=/nonexistent")

    result = another_app(away).test_cli_runner().invoke(args=command)

    assert result.exit_code == 1
    assert result.output.startswith("Error: PostgreSQL does not answer: start it")


def test_the_first_administrator_gets_in_from_the_command_line(app, flask, county):
    result = grant(flask)

    assert (result.exit_code, result.output) == (0, "赵县长: county_admin, 示范县: entered.\n")
    with app.app_context():
        given = db.session.scalars(select(RoleGrant)).one()
        assert (given.role, given.granted_by) == ("county_admin", None)
        assert given.place_id == queries.root(COUNTY).id
        assert db.session.get(User, given.user_id).name == "赵县长"


SECOND = {"phone": "19900000002", "name": "钱县长", "id-number": NUMBERS[1]}


def test_two_administrators_and_an_auditor_are_entered_once(app, flask, county):
    other = {"phone": "19900000003", "name": "孙某", "id-number": NUMBERS[2]}
    grant(flask)
    assert grant(flask, **SECOND).exit_code == 0
    third = grant(flask, **other)
    assert third.output.startswith("Error: 命令行只登记最初的两位县管理员和一位审计员；请用 --by ")
    assert grant(flask, **other | {"role": "finance"}).exit_code == 1
    assert grant(flask, **other | {"role": "auditor"}).exit_code == 0
    again = {"phone": "19900000004", "name": "李某", "id-number": NUMBERS[3], "role": "auditor"}
    assert grant(flask, **again).exit_code == 1

    with app.app_context():
        roles = db.session.scalars(select(RoleGrant.role)).all()
    assert sorted(roles) == ["auditor", "county_admin", "county_admin"]


def test_ended_ones_count_so_that_the_shell_puts_nobody_in_their_place(app, flask, county):
    grant(flask)
    grant(flask, **SECOND)
    with app.app_context(), transaction():
        db.session.execute(text("UPDATE role_grants SET revoked_at = now()"))

    third = grant(flask, **{"phone": "19900000003", "id-number": NUMBERS[2]})

    assert third.exit_code == 1


def test_everybody_else_is_proposed_by_somebody_with_a_name(app, flask, county):
    grant(flask)
    grant(flask, **SECOND)
    other = {
        "phone": "19900000003",
        "name": "孙某",
        "id-number": NUMBERS[2],
        "role": "village_admin",
        "area": "和平镇/前进村",
    }

    result = grant(flask, **other, by="19900000001")

    assert result.output == "孙某: village_admin, 和平镇/前进村: proposed.\n"
    with app.app_context():
        assert len(db.session.scalars(select(RoleGrant)).all()) == 2
        proposal = db.session.scalars(select(Proposal)).one()
        assert db.session.get(User, proposal.proposed_by).name == "赵县长"
        assert proposal.region_id == queries.by_path(COUNTY, ["和平镇", "前进村"]).id
    assert grant(flask, **other, by="19900000009").exit_code == 1


def test_staff_from_before_are_entered_as_people_once(app, flask, county):
    grant(flask)
    with app.app_context(), transaction():
        db.session.execute(text("UPDATE users SET person_id = NULL"))
    assert flask("trust", "check").exit_code == 1

    def identify(number):
        return flask("staff", "identify", "--phone=19900000001", f"--id-number={number}")

    assert identify(NUMBERS[0]).exit_code == 0
    assert flask("trust", "check").exit_code == 0
    assert identify(NUMBERS[1]).exit_code == 1


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"phone": "123"}, "手机号应为 1 开头的 11 位数字"),
        ({"id-number": "110105194912310021"}, "身份证号不对，请看着证件重新填写"),
        ({"area": "丰收镇"}, "没有找到这个地方，或不在您管理的范围内"),
        ({"area": "和平镇"}, "这个角色不能设在这样的地方，请重新选择地方"),
        ({"county": "990199"}, "没有找到这个区县，请重新选择"),
    ],
)
def test_a_grant_that_is_refused_enters_nobody(app, flask, county, changes, sentence):
    result = grant(flask, **changes)

    assert (result.exit_code, result.output) == (1, f"Error: {sentence}\n")
    with app.app_context():
        assert db.session.query(User).count() == 0


def test_somebody_is_blocked_and_admitted_again(app, flask, county):
    grant(flask)

    def is_blocked():
        with app.app_context():
            return db.session.scalars(select(User.is_blocked).where(User.name == "赵县长")).one()

    assert flask("staff", "block", "--phone=19900000001").exit_code == 0
    assert is_blocked() is True
    grant(flask, **SECOND)
    assert flask("staff", "unblock", "--phone=19900000001", "--by=19900000002").exit_code == 0
    assert is_blocked() is False
    assert flask("staff", "block", "--phone=19900000009").exit_code == 1


@pytest.mark.parametrize(
    ("by", "sentence"),
    [
        ("", "请用 --by 写明由谁来办（登记过的手机号），这件事会记在这个人名下"),
        (
            "19900000001",
            "没有找到这个人，或不在您管理的范围内",
        ),  # blocked: nobody admits themselves
        ("19900000009", "没有找到这个人，或不在您管理的范围内"),
        ("19900000003", "这件事由县管理员来做，您没有权限"),
    ],
)
def test_nobody_is_admitted_again_in_nobodys_name(app, flask, county, by, sentence):
    grant(flask)
    grant(flask, **SECOND)
    auditor = {"phone": "19900000003", "name": "李某", "id-number": NUMBERS[2]}
    assert grant(flask, **auditor, role="auditor").exit_code == 0
    flask("staff", "block", "--phone=19900000001")

    result = flask("staff", "unblock", "--phone=19900000001", f"--by={by}")

    assert (result.exit_code, result.output) == (1, f"Error: {sentence}\n")
    with app.app_context():
        assert db.session.scalars(select(User.is_blocked).where(User.name == "赵县长")).one()


def test_who_admitted_somebody_again_is_in_the_trace(app, flask, county):
    grant(flask)
    grant(flask, **SECOND)
    flask("staff", "block", "--phone=19900000001")

    flask("staff", "unblock", "--phone=19900000001", "--by=19900000002")

    with app.app_context():
        names = db.session.scalars(
            text(
                "SELECT u.name FROM audit_events e JOIN users u ON u.id = e.actor_id"
                " WHERE e.action = 'identity.unblock_user'"
            )
        ).all()
    assert names == ["钱县长"]


def test_a_roster_is_imported_with_its_figures(app, flask, county, roster):
    file = roster(row(1), row(2))

    dry = flask("roster", "import", file, "--dry-run")
    first, again = flask("roster", "import", file), flask("roster", "import", file)

    assert dry.exit_code == first.exit_code == again.exit_code == 0
    assert "试运行，没有改动。将会：新增 2 户，更新 0 户，未变 0 户" in dry.output
    assert "新建组：和平镇/前进村/一组\n新增 2 户，更新 0 户，未变 0 户" in first.output
    assert "新增 0 户，更新 0 户，未变 2 户" in again.output
    assert households(app) == 2


@pytest.mark.parametrize("options", [(), ("--dry-run",)])
def test_problems_are_printed_by_row_and_the_command_fails(app, flask, county, roster, options):
    result = flask("roster", "import", roster(row(1), row(2, 人口=0, 手机号="1")), *options)

    assert result.exit_code == 1
    assert "第 3 行，手机号：应为 1 开头的 11 位手机号；没有手机就留空\n" in result.output
    assert "第 3 行，人口：应为 1 到 30 的整数\n" in result.output
    assert "名册里有 2 处问题" in result.output
    assert households(app) == 0


def test_an_interrupt_changes_nothing_and_says_so(app, flask, county, roster, monkeypatch):
    from app.register.households.roster import writing

    def interrupted(self):
        raise KeyboardInterrupt

    monkeypatch.setattr(writing.Writing, "finish", interrupted)  # rows are written by then

    result = flask("roster", "import", roster(row(1)))

    assert result.exit_code == 130
    assert "已中断，没有改动任何内容。" in result.output
    assert households(app) == 0


def test_a_file_that_is_no_roster_is_told_in_one_line(app, flask, county, tmp_path):
    file = tmp_path / "roster.xlsx"
    file.write_text("hello")

    result = flask("roster", "import", file)

    assert result.exit_code == 1
    assert "Error: 打不开这个文件" in result.output
    assert households(app) == 0
