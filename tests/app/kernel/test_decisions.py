"""What one person proposes and another decides, without the database."""

from datetime import date
from uuid import UUID

import pytest

from app.kernel.decisions import (
    AlreadyDecided,
    DecisionState,
    MovedOn,
    SamePerson,
    check_read,
    decide,
    digest_of,
    withdraw,
)
from mall.settlement.models import Allotment

MAKER, CHECKER, VILLAGE = (UUID(int=n) for n in (1, 2, 3))


@pytest.fixture
def row():
    return Allotment(
        village_id=VILLAGE, amount_fen=500, state=DecisionState.PROPOSED, proposed_by=MAKER
    )


def outcome(row):
    return row.state, row.decided_by, row.decided_at


UNDECIDED = (DecisionState.PROPOSED, None, None)


def test_another_person_decides_once(row, noon):
    decide(row, to=DecisionState.APPROVED, by=CHECKER, at=noon())

    assert outcome(row) == (DecisionState.APPROVED, CHECKER, noon())
    with pytest.raises(AlreadyDecided):
        decide(row, to=DecisionState.DECLINED, by=CHECKER, at=noon())
    assert outcome(row) == (DecisionState.APPROVED, CHECKER, noon())


def test_who_proposed_does_not_decide(row, noon):
    with pytest.raises(SamePerson):
        decide(row, to=DecisionState.APPROVED, by=MAKER, at=noon())

    assert outcome(row) == UNDECIDED


def test_who_proposed_may_withdraw_what_is_open(row, noon):
    withdraw(row, to=DecisionState.DECLINED, by=MAKER, at=noon())

    assert outcome(row) == (DecisionState.DECLINED, MAKER, noon())
    with pytest.raises(AlreadyDecided):
        withdraw(row, to=DecisionState.DECLINED, by=MAKER, at=noon())


def test_something_else_than_was_read_is_refused(row):
    read = row.digest
    row.amount_fen = 600

    with pytest.raises(MovedOn) as refused:
        check_read(row, read)

    assert refused.value.details == {"digest": row.digest}
    check_read(row, row.digest)


def test_equal_contents_have_one_digest_whatever_their_order():
    one = {"village": VILLAGE, "from": date(2026, 6, 1), "state": DecisionState.APPROVED, "n": 1}
    other = dict(reversed(one.items()))

    assert digest_of(one) == digest_of(other)
    assert digest_of({"n": 1, "name": "分"}) == (
        "862c598c29a31884a2b0a1628f185217db9dd4ab673fffc5dcce822b226672e1"
    )
    assert digest_of(one) != digest_of(one | {"n": 2})
