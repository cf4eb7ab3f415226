"""``flask bank …``: statements from a file or from the bank, booked and explained."""

from datetime import date

import pytest

from tests.given.statements import deposit, file_of

DAY = date(2026, 6, 1)


@pytest.fixture
def flask(app, counter):
    """Run a command of the application; a shop and its county exist."""
    return lambda *arguments: app.test_cli_runner().invoke(args=["bank", *arguments])


@pytest.fixture
def file(tmp_path):
    def write(content: bytes) -> str:
        path = tmp_path / "statement.csv"
        path.write_bytes(content)
        return str(path)

    return write


@pytest.fixture
def known(mall):
    """The bank has named the custody account on the eve."""
    mall.take_in(file_of(on=date(2026, 5, 31)))


def test_a_file_from_the_shell_waits_for_a_person(flask, file, mall, counter, known):
    result = flask("import-statement", file(file_of(deposit(1, 100_000))))

    assert (result.exit_code, result.output) == (
        0,
        "已收下，等工作人员在系统里核对确认后才入账。\n",
    )
    assert mall.balances(counter)["reserve"] == 0


def test_what_the_bank_brings_is_booked_and_shown(flask, bank, mall, counter):
    result = flask("fetch-statement", "--date", "2026-06-01")

    assert result.exit_code == 0, result.output
    assert result.output.splitlines()[1:] == [  # the first is the stand-in bank's
        "2026-06-01: 新增 1 笔，已有 0 笔，内容有变 0 笔。",
        "银行期末余额 10000.00 元",
        "账本托管余额 10000.00 元",
        "入金 10000.00 元，付款 0.00 元，退回 0.00 元，在途 0.00 元",
        "对账一致。",
    ]
    assert mall.balances(counter)["reserve"] == 1_000_000


def test_the_same_statement_again_changes_nothing(flask, bank, mall, counter):
    flask("fetch-statement", "--date", "2026-06-01")

    result = flask("fetch-statement", "--date", "2026-06-01")

    assert result.exit_code == 0
    assert "2026-06-01: 这份对账单已经导入过，没有变化。\n" in result.output
    assert mall.balances(counter)["reserve"] == 1_000_000


def test_differences_are_explained(flask, mall, bank, books, counter):
    mall.take_in(file_of(on=date(2026, 5, 31), opening_fen=1000))
    books.deposit(300, name="某人", account="1", purpose="退款")

    result = flask("fetch-statement", "--date", "2026-06-01")

    assert result.exit_code == 0
    assert " 3.00 元：看起来是退回的款项" in result.output
    assert "期初余额与上一份对账单相差 -10.00 元：中间的对账单没有导入。" in result.output
    assert result.output.splitlines()[-1] == "对账有差异，请按提示处理。"


def test_a_broken_file_is_refused_with_a_sentence(flask, file, mall, counter):
    broken = file_of(deposit(1, 1000)).replace(b"10.00", b"11.00", 1)

    result = flask("import-statement", file(broken))

    assert result.exit_code == 1
    assert "第 5 行 期末余额：" in result.output
    assert "对账单有 1 处问题，没有导入" in result.output
    assert mall.balances(counter)["reserve"] == 0


def test_the_statement_of_a_day_is_fetched_from_the_bank(flask, bank, mall, counter):
    result = flask("fetch-statement", "--date", "2026-06-01")

    assert result.exit_code == 0, result.output
    assert mall.balances(counter)["reserve"] == 1_000_000


def test_without_a_date_it_is_yesterdays(flask, bank, noon, mall, counter):
    noon.move(days=1)

    assert flask("fetch-statement").exit_code == 0

    assert mall.balances(counter)["reserve"] == 1_000_000


def test_a_day_that_is_yet_to_come_has_no_statement(flask, bank):
    result = flask("fetch-statement", "--date", "2026-06-02")

    assert result.exit_code == 1
    assert "银行还没有 2026-06-02 的对账单" in result.output


def test_with_several_counties_one_is_named(flask, file, given, known):
    given.county(990102)

    unnamed = flask("import-statement", file(file_of(deposit(1, 1000))))
    named = flask("import-statement", file(file_of(deposit(1, 1000))), "--county", "990101")

    assert unnamed.exit_code == 1
    assert named.exit_code == 0
