"""A finance officer alone: a payment of the programme is made twice."""

from datetime import timedelta

from sqlalchemy import select

from app.kernel.db import db
from app.outside.bank import desk
from mall.settlement import jobs
from mall.settlement.models import BankStatement
from sandbox import bank_files
from sandbox.bank_books import Books
from tests.given.bank_files import upload_results
from tests.given.statements import DAY, file_of, upload

NEXT = DAY + timedelta(days=1)


def forged_results(content, tmp_path, noon):
    """What a bank would say that has refused all: made at home, the bank knows of nothing."""
    at_home = Books(tmp_path / "home.sqlite3", settle_seconds=0, now=lambda: noon().timestamp())
    at_home.deposit(1_000_000, name="财政局", account="9901010100000026", purpose="补助")
    told = bank_files.read_payments(content)
    bank_files.take(at_home, told)
    results = bank_files.results_csv(at_home, told)
    at_home.close()
    return results.decode("gb18030").replace("成功", "失败").encode("gb18030")


def test_one_persons_copy_of_half_a_day_is_not_the_whole_day(
    app, mall, counter, carrier, finance, books, noon, tmp_path
):
    """The bank's file of noon lacks what left at four; a copy of it, uploaded after midnight with
    another line end, counts by itself and makes the day complete."""
    mall.takings(counter, 300)
    cash_out = mall.asked(counter, 300)
    mall.go_on(cash_out)
    file = carrier.exported()
    upload_results(finance, forged_results(file, tmp_path, noon))
    mall.go_on(cash_out)
    noon.move(days=1)
    mall.take_in(file_of())  # of the first day, whole
    mall.take_in(file_of(on=NEXT))  # of the second, at noon
    carrier.results(file)  # and now the payment leaves
    noon.move(days=1)

    copied = file_of(on=NEXT).replace(b"\r\n", b"\n")
    if copied == file_of(on=NEXT):
        copied = file_of(on=NEXT).replace(b"\n", b"\r\n")
    answer = upload(finance, copied)
    assert answer.status_code == 201, answer.json
    with app.app_context():
        jobs.release_doubtful()
        states = [
            (one.source.value, one.state.value, one.decided_by)
            for one in db.session.scalars(select(BankStatement).where(BankStatement.on_day == NEXT))
        ]
        order = db.session.get_one(desk.BankOrder, cash_out.payment_id)
        assert order.state is desk.OrderState.IN_DOUBT, states
