"""Payment files out and result files in: what is beyond doubt settles, all else moves nothing."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from hashlib import sha256
from pathlib import Path

import pytest
from sqlalchemy import select

from app import outside
from app.kernel import clock
from app.kernel.db import db, transaction
from app.kernel.errors import DomainError
from app.outside.bank import Payment, desk
from app.outside.bank.files import BadResults
from app.register.identity.roles import Role
from mall.settlement import service as settlement
from mall.settlement.models import CashOutState
from mall.settlement.service import batches
from sandbox import bank_files
from sandbox.bank_books import Fate
from tests.given.bank_files import upload_results
from tests.given.factories import COUNTY
from tests.given.http import post

DAY = date(2026, 6, 1)


@pytest.fixture
def flask(app, counter):
    return lambda *arguments: app.test_cli_runner().invoke(args=["bank", *arguments])


@pytest.fixture
def sent(mall, counter, carrier):
    """Two cash-outs of a shop, 300 and 100 fen, in one payment file."""
    mall.takings(counter, 500)
    cash_outs = [mall.asked(counter, amount) for amount in (300, 100)]
    assert [mall.go_on(cash_out) for cash_out in cash_outs] == ["accepted", "accepted"]
    return cash_outs, carrier.exported()


def settled(mall, cash_outs):
    return [mall.go_on(cash_out) for cash_out in cash_outs]


def amended(results: bytes, *changes: tuple[str, str]) -> bytes:
    text = results.decode("gb18030")
    for before, after in changes:
        assert before in text
        text = text.replace(before, after, 1)
    return text.encode("gb18030")


# The way there and back ----------------------------------------------------------------------


def test_a_payment_file_carries_what_the_bank_needs_and_its_totals(sent):
    (first, second), content = sent

    told = bank_files.read_payments(content)

    assert (told.count, told.total_fen) == (2, 400)
    assert {order.payment_id: order.amount_fen for order in told.orders} == {
        first.payment_id: 300,
        second.payment_id: 100,
    }
    assert {order.payee_account for order in told.orders} == {"6228480000000000012"}


def test_results_settle_and_the_statement_empties_what_is_in_flight(
    mall, sent, carrier, counter, books, noon
):
    cash_outs, content = sent

    taken = carrier.import_results(carrier.results(content))

    assert (taken.file.is_quarantined, len(taken.changed), taken.still_open) == (False, 2, 0)
    assert settled(mall, cash_outs) == ["settled", "settled"]
    assert mall.balances(counter)["in_flight"] == 400
    mall.take_in(bank_files.statement_xml(DAY, *books.day(DAY)))
    assert mall.balances(counter)["in_flight"] == 0
    assert mall.balances(counter)["shop"] == 100


def test_a_refused_line_gives_the_points_back_and_the_others_settle(
    mall, sent, carrier, counter, finance
):
    cash_outs, content = sent
    order = bank_files.read_payments(content).orders[0]

    carrier.import_results(carrier.results(content, refused=Fate(refusal="户名与账号不符")))
    post(finance, f"payment-batches/lines/{order.payment_id}/confirmation")

    states = {c.payment_id: mall.go_on(c) for c in cash_outs}
    assert states.pop(order.payment_id) is CashOutState.REJECTED
    assert list(states.values()) == [CashOutState.SETTLED]
    assert mall.balances(counter)["shop"] == 100 + order.amount_fen


def test_a_line_without_a_final_result_stays_accepted_until_a_later_file(mall, sent, carrier):
    cash_outs, content = sent
    order = bank_files.read_payments(content).orders[0]
    results = carrier.results(content)

    early = carrier.import_results(amended(results, ("成功", "处理中")))

    assert early.still_open == 1
    states = {c.payment_id: mall.go_on(c) for c in cash_outs}
    assert states.pop(order.payment_id) is CashOutState.ACCEPTED
    assert list(states.values()) == [CashOutState.SETTLED]
    late = carrier.import_results(results)
    assert late.changed == (order.payment_id,)
    assert settled(mall, cash_outs) == ["settled", "settled"]


def test_the_same_file_again_changes_nothing(mall, sent, carrier):
    cash_outs, content = sent
    results = carrier.results(content)
    carrier.import_results(results)

    again = carrier.import_results(results)

    assert (again.is_repeat, again.changed) == (True, ())
    assert settled(mall, cash_outs) == ["settled", "settled"]


def test_a_payment_leaves_in_one_file_only(app, mall, sent, counter, carrier):
    with app.app_context(), pytest.raises(desk.NothingToPay), transaction():
        settlement.export_batch(county_id=COUNTY, made_by=None, at=clock.now())
    third = mall.asked(counter, 50)
    mall.go_on(third)

    told = bank_files.read_payments(carrier.exported())

    assert [order.payment_id for order in told.orders] == [third.payment_id]


# Quarantine ----------------------------------------------------------------------------------


def without_last_line(results: bytes) -> bytes:
    return b"\r\n".join(results.split(b"\r\n")[:-2]) + b"\r\n"


def last_line_twice(results: bytes) -> bytes:
    lines = results.split(b"\r\n")
    return b"\r\n".join([*lines[:-1], lines[-2], b""])


def with_an_unknown_id(results: bytes) -> bytes:
    first = results.decode("gb18030").split("\r\n")[3].split(",")[1].strip()
    return results.replace(first.encode(), b"f" * 32)


DOUBTS = {
    "a missing id": (without_last_line, "缺少这笔指令的结果"),
    "a repeated id": (last_line_twice, "指令号与第 5 行重复"),
    "an unknown id": (with_an_unknown_id, "这个批次里没有这笔指令"),
    "another amount": (
        lambda results: results.replace(b",3.00,", b",3.01,").replace(b",1.00,", b",0.99,"),
        "金额与指令不符",
    ),
    "another count": (
        lambda results: amended(results, ("笔数,2", "笔数,3")),
        "笔数或合计金额与付款文件不符，付款文件是 2 笔、4.00 元",
    ),
    "another sum": (
        lambda results: amended(results, ("合计金额,4.00", "合计金额,4.01")),
        "笔数或合计金额与文件里的明细不符，文件可能不完整",
    ),
}


@pytest.mark.parametrize("doubt", DOUBTS)
def test_a_file_that_is_not_beyond_doubt_goes_to_quarantine_and_moves_nothing(
    doubt, app, mall, sent, carrier, counter
):
    spoil, problem = DOUBTS[doubt]
    cash_outs, content = sent
    results = carrier.results(content)
    before = mall.balances(counter)

    taken = carrier.import_results(spoil(results))

    assert taken.file.is_quarantined
    assert any(p["problem"].startswith(problem) for p in taken.file.problems), taken.file.problems
    assert settled(mall, cash_outs) == ["accepted", "accepted"]
    assert mall.balances(counter) == before
    with app.app_context():
        assert [file.id for file in desk.quarantine(COUNTY, limit=5)] == [taken.file.id]
    carrier.import_results(results)  # the right file still counts
    assert settled(mall, cash_outs) == ["settled", "settled"]


def test_the_results_of_a_batch_we_do_not_know_go_to_quarantine(mall, sent, carrier):
    cash_outs, content = sent
    batch_id = bank_files.read_payments(content).batch_id

    taken = carrier.import_results(amended(carrier.results(content), (batch_id, "a" * 32)))

    assert [p["problem"] for p in taken.file.problems] == [
        "系统里没有这个批次号，请核对是不是别处的文件"
    ]
    assert settled(mall, cash_outs) == ["accepted", "accepted"]


def test_a_file_that_takes_a_final_word_back_goes_to_quarantine(mall, sent, carrier):
    cash_outs, content = sent
    results = carrier.results(content)
    carrier.import_results(results)

    taken = carrier.import_results(amended(results, ("成功", "失败")))

    assert [p["problem"] for p in taken.file.problems] == [
        "银行先说成功，现在又说失败，请向银行核实"
    ]
    assert settled(mall, cash_outs) == ["settled", "settled"]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x89PNG\x00",
        "批次号,1\r\n笔数,2\r\n".encode(),
        "批次号,1\r\n笔数,x\r\n合计金额,1.00\r\n指令号,金额,处理结果\r\n".encode(),
        "批次号,1\r\n笔数,1\r\n合计金额,1.00\r\n指令号,金额,处理结果\r\na,1.001,成功\r\n".encode(),
        "批次号,1\r\n笔数,1\r\n合计金额,1.00\r\n指令号,金额,处理结果\r\na,1.00\r\n".encode(),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_a_sentence(sent, mall, carrier, content):
    with pytest.raises(BadResults) as refused:
        carrier.import_results(content)

    assert refused.value.details["problems"][0]["problem"]
    assert settled(mall, sent[0]) == ["accepted", "accepted"]


# At the command line and over HTTP -----------------------------------------------------------


def test_the_command_writes_the_file_and_its_digest_whole(flask, folder, mall, counter, noon):
    mall.takings(counter, 500)
    mall.go_on(mall.asked(counter, 300))

    result = flask("export-batch")

    assert result.exit_code == 0, result.output
    (path,) = (folder / "out").glob("*.csv")
    digest = sha256(path.read_bytes()).hexdigest()
    assert result.output == f"{path}\n1 笔，3.00 元\nSHA-256 {digest}\n"
    assert Path(f"{path}.sha256").read_text() == f"{digest}  {path.name}\n"
    assert path.stat().st_mode & 0o777 == 0o600
    assert sorted(p.name for p in (folder / "out").iterdir()) == [path.name, path.name + ".sha256"]


def test_the_command_tells_of_a_quarantine_and_exits_with_one(flask, sent, carrier, tmp_path):
    path = tmp_path / "results.csv"
    path.write_bytes(without_last_line(carrier.results(sent[1])))

    result = flask("import-results", str(path))

    assert result.exit_code == 1
    assert "缺少这笔指令的结果" in result.output
    assert "没有记账" in result.output


def test_the_command_takes_results_in(flask, sent, carrier, tmp_path, mall):
    path = tmp_path / "results.csv"
    path.write_bytes(carrier.results(sent[1]))

    result = flask("import-results", str(path))

    assert result.exit_code == 0, result.output
    assert result.output == "新结果 2 笔，还没有最终结果 0 笔。\n"
    assert settled(mall, sent[0]) == ["settled", "settled"]


def test_finance_exports_downloads_and_uploads(mall, counter, carrier, finance):
    mall.takings(counter, 500)
    cash_out = mall.asked(counter, 300)
    mall.go_on(cash_out)

    made = finance.post("/api/v1/payment-batches", headers={"Idempotency-Key": "batch-0001"})
    file = finance.get(f"/api/v1/payment-batches/{made.json['id']}/file")
    answer = upload_results(finance, carrier.results(file.data))

    assert (made.status_code, made.json["count"], made.json["total_fen"]) == (201, 1, 300)
    assert made.json["sha256"] == sha256(file.data).hexdigest()
    assert file.headers["Content-Disposition"].endswith(made.json["file_name"])
    assert (answer.status_code, answer.json["is_quarantined"]) == (201, False)
    assert mall.go_on(cash_out) is CashOutState.SETTLED
    listed = finance.get("/api/v1/payment-batches")
    assert [one["id"] for one in listed.json["items"]] == [made.json["id"]]


def test_a_quarantined_upload_is_kept_and_says_why(sent, carrier, finance):
    answer = upload_results(finance, without_last_line(carrier.results(sent[1])))

    assert (answer.status_code, answer.json["is_quarantined"]) == (201, True)
    assert answer.json["problems"][-1]["problem"] == "缺少这笔指令的结果"
    listed = finance.get("/api/v1/payment-batches/quarantine")
    assert [one["id"] for one in listed.json["items"]] == [answer.json["id"]]


def test_a_file_that_is_no_result_file_is_refused(sent, finance):
    answer = upload_results(finance, b"hello")

    assert (answer.status_code, answer.json["code"]) == (422, "bank.bad_results")


def test_a_bank_that_is_asked_directly_takes_no_files(bank, finance):
    made = finance.post("/api/v1/payment-batches", headers={"Idempotency-Key": "batch-0001"})

    assert (made.status_code, made.json["code"]) == (404, "bank.takes_no_files")


@pytest.mark.parametrize("role", [Role.BANK, Role.AUDITOR, Role.COUNTY_ADMIN])
def test_nobody_but_finance_exports_or_uploads(given, folder, role):
    client = given.staff(role, given.county())

    assert client.post("/api/v1/payment-batches").status_code == 403
    assert upload_results(client, b"x").status_code == 403


def test_another_county_s_batch_is_not_found(finance, folder):
    answer = finance.get("/api/v1/payment-batches/00000000-0000-7000-8000-000000000000/file")

    assert (answer.status_code, answer.json["code"]) == (404, "bank.batch_not_found")


# Races ---------------------------------------------------------------------------------------


def submit(app, number: int, county_id: int = COUNTY) -> None:
    with app.app_context():
        outside.bank().submit(
            Payment(f"{number:032x}", 100 + number, "李家", "62", "信用社", "结算", county_id)
        )


@pytest.mark.race("app.outside.bank.desk.batches.make_batch")
def test_two_exports_at_once_never_share_a_payment(app, folder, given, committed, together):
    given.county()
    for number in range(1, 21):
        submit(app, number)

    outcomes = together(
        [
            lambda: batches.desk.make_batch(
                outside.bank_desk(), county_id=COUNTY, made_by=None, at=clock.now()
            )
        ]
        * 8
    )

    assert outcomes == {"done": 1, "NothingToPay": 7}
    with app.app_context():
        (batch,) = db.session.scalars(select(desk.BankBatch)).all()
    assert batch.order_count == 20


@pytest.mark.race("app.outside.bank.desk.results._batch")
@pytest.mark.race("app.outside.bank.desk.results._orders")
def test_two_result_files_that_contradict_each_other_cannot_both_count(
    app, folder, given, committed, books
):
    given.county()
    for number in range(1, 4):
        submit(app, number)
    with app.app_context(), transaction():
        batch = desk.make_batch(outside.bank_desk(), county_id=COUNTY, made_by=None, at=clock.now())
        content = desk.content_of(batch)
    books.deposit(1_000_000, name="财政局", account="1", purpose="补助")
    told = bank_files.read_payments(content)
    bank_files.take(books, told)
    good = bank_files.results_csv(books, told)
    files = [good, amended(good, ("成功", "失败"), ("成功", "失败"), ("成功", "失败"))]

    def take(content: bytes) -> bool | str:
        try:
            with app.app_context(), transaction():
                taken = desk.take_results(
                    outside.bank_desk(), content, county_id=COUNTY, received_by=None, at=clock.now()
                )
                return taken.file.is_quarantined
        except DomainError as refusal:
            return type(refusal).__name__

    with ThreadPoolExecutor(2) as pool:
        outcomes = sorted(pool.map(take, files))

    assert outcomes == [False, True]
    with app.app_context():
        states = {order.state.value for order in db.session.scalars(select(desk.BankOrder))}
    assert len(states) == 1
