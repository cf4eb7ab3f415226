"""``flask bank …``: statements from a file or from the bank, booked and explained."""

from datetime import date

import pytest

from tests.given.statements import deposit, file_of, line

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


def test_a_file_is_imported_and_booked(flask, file, mall, counter):
    result = flask("import-statement", file(file_of(deposit(1, 100_000))))

    assert result.exit_code == 0, result.output
    assert result.output.splitlines() == [
        "2026-06-01: 新增 1 笔，已有 0 笔，内容有变 0 笔。",
        "银行期末余额 1000.00 元",
        "账本托管余额 1000.00 元",
        "入金 1000.00 元，付款 0.00 元，退回 0.00 元，在途 0.00 元",
        "对账一致。",
    ]
    assert mall.balances(counter)["reserve"] == 100_000


def test_the_same_file_again_changes_nothing(flask, file, mall, counter):
    path = file(file_of(deposit(1, 100_000)))
    flask("import-statement", path)

    result = flask("import-statement", path)

    assert result.exit_code == 0
    assert result.output.startswith("2026-06-01: 这份对账单已经导入过，没有变化。\n")
    assert mall.balances(counter)["reserve"] == 100_000


def test_differences_are_explained(flask, file):
    result = flask("import-statement", file(file_of(line(1, -300, "f" * 32), opening_fen=1000)))

    assert result.exit_code == 0
    assert "差异 202606010000000001 -3.00 元：对账单上有，系统里没有这笔指令。" in result.output
    assert "期初余额与上一份对账单相差 10.00 元：中间的对账单没有导入。" in result.output
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


def test_with_several_counties_one_is_named(flask, file, given):
    given.county(990102)

    unnamed = flask("import-statement", file(file_of(deposit(1, 1000))))
    named = flask("import-statement", file(file_of(deposit(1, 1000))), "--county", "990101")

    assert unnamed.exit_code == 1
    assert named.exit_code == 0
