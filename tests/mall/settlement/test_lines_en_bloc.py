"""What the bank books in one sum: booked by nobody alone, taken apart by two, never lost."""

from datetime import timedelta

import pytest

from app.register.identity.roles import Role
from mall.settlement.models import CashOutState
from tests.given.bank_files import upload_results
from tests.given.camt import batch, entry, message, statement, transactions
from tests.given.http import assert_refused, post
from tests.given.proposals import agree, read
from tests.given.statements import DAY, day_of, file_of, line

REASON = {"reason": "银行给了明细"}


@pytest.fixture
def admin(given):
    return given.staff(Role.COUNTY_ADMIN, given.county())


@pytest.fixture
def two(mall, counter, carrier):
    """Two cash-outs, of 300 and 200 of the shop's 500, in a payment file."""
    mall.takings(counter, 500)
    asked = [mall.asked(counter, 300), mall.asked(counter, 200)]
    for cash_out in asked:
        mall.go_on(cash_out)
    carrier.exported()
    return asked


def taken_in(mall, *entries, opening_fen=0, closing_fen=0):
    return mall.take_in(
        message(statement(*entries, opening_fen=opening_fen, closing_fen=closing_fen))
    )


def parts(client, entry_id, *cash_outs):
    body = REASON | {"cash_out_ids": [str(one.id) for one in cash_outs]}
    return post(client, f"bank-statements/lines/{entry_id}/parts", body)


@pytest.mark.parametrize(
    "details", [batch(2), batch(None), transactions("0" * 32, "1" * 32)], ids=str
)
@pytest.mark.parametrize("fen", [500, -500])
def test_a_sum_of_several_is_nobodys_funding_and_nobodys_payment(
    mall, counter, finance, details, fen
):
    taken_in(mall, entry(1, fen, details), opening_fen=1000, closing_fen=1000 + fen)

    (difference,) = day_of(finance)["differences"]

    assert (difference["kind"], difference["bank_fen"]) == ("en_bloc", fen)
    assert difference["what_to_do"].startswith("银行把几笔合在一起记成一笔")
    assert mall.balances(counter)["reserve"] == 0


@pytest.mark.parametrize("details", ["", batch(1)])
def test_an_entry_of_one_is_booked_as_ever(mall, counter, details):
    taken_in(mall, entry(1, 500, details), closing_fen=500)

    assert mall.balances(counter)["reserve"] == 500


def test_two_people_take_a_sum_apart_and_each_payment_is_settled(
    mall, counter, finance, admin, two, altered
):
    taken_in(mall, entry(1, -500, batch(2)), opening_fen=500)
    (difference,) = [d for d in day_of(finance)["differences"] if d["kind"] == "en_bloc"]

    proposed = parts(finance, difference["entry_id"], *two)
    shown = read(admin, proposed.json["id"])
    before = [mall.state(one) for one in two]
    agreed = agree(admin, proposed.json["id"])

    assert proposed.status_code == 202, proposed.json
    assert [one["after"].partition("，")[0] for one in shown["lines"][-3:-1]] in (
        ["3.00 元", "2.00 元"],
        ["2.00 元", "3.00 元"],
    )
    assert before == [CashOutState.ACCEPTED, CashOutState.ACCEPTED]
    assert agreed.json["state"] == "approved"
    assert [mall.state(one) for one in two] == [CashOutState.SETTLED, CashOutState.SETTLED]
    assert mall.balances(counter)["in_flight"] == 0
    assert day_of(finance)["differences"] == []
    assert altered(lambda connection: None) == set()


def test_the_same_day_again_brings_no_part_a_second_time(mall, counter, finance, admin, two):
    taken_in(mall, entry(1, -500, batch(2)), opening_fen=500)
    (difference,) = [d for d in day_of(finance)["differences"] if d["kind"] == "en_bloc"]
    agree(admin, parts(finance, difference["entry_id"], *two).json["id"])

    again = taken_in(mall, entry(1, -500, batch(2)), entry(2, 70), opening_fen=500, closing_fen=70)

    assert (again.new_lines, again.known_lines, again.changed_lines) == (1, 1, 0)
    assert mall.balances(counter)["reserve"] == 70
    assert day_of(finance)["differences"] == []


def test_a_part_that_is_on_a_statement_already_is_refused(mall, counter, finance, two):
    one = line(3, -300, two[0].payment_id)
    mall.take_in(file_of(one, line(4, -200, purpose="批量代付"), opening_fen=500))
    entry_id = next(d["entry_id"] for d in day_of(finance)["differences"] if d["entry_id"])

    booked = parts(finance, entry_id, *two)

    assert_refused(booked, 409, "settlement.parts_not_open")
    assert mall.state(two[1]) is CashOutState.ACCEPTED


def test_parts_that_come_to_another_sum_are_refused_with_what_is_missing(
    mall, counter, finance, two
):
    mall.take_in(file_of(line(4, -700, purpose="批量代付"), opening_fen=700))
    (difference,) = [d for d in day_of(finance)["differences"] if d["entry_id"]]

    refused = parts(finance, difference["entry_id"], *two)

    assert_refused(refused, 422, "settlement.parts_differ")
    assert refused.json["details"]["differs_yuan"] == "2.00"


def test_a_payment_that_an_unexplained_sum_may_hold_is_not_believed_refused(
    mall, counter, carrier, finance, noon
):
    mall.takings(counter, 300)
    cash_out = mall.asked(counter, 300)
    mall.go_on(cash_out)
    results = carrier.results(carrier.exported()).decode("gb18030").replace("成功", "失败")
    upload_results(finance, results.encode("gb18030"))
    noon.move(days=1)
    taken_in(mall, entry(1, -900, batch(3)), opening_fen=1000, closing_fen=100)
    noon.move(days=1)

    mall.take_in(file_of(opening_fen=100, on=DAY + timedelta(days=1)))

    assert mall.go_on(cash_out) is CashOutState.ACCEPTED
    assert mall.balances(counter)["shop"] == 0
