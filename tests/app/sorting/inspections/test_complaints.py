"""One official elsewhere reported the same visit eight times; here it counts once."""

from uuid import uuid4

from tests.given.inspections import look


def test_a_visit_that_is_reported_eight_times_counts_once(given, collector, family, rows, noon):
    record = {"client_id": str(uuid4()), "phone_time": noon().isoformat()}

    answers = [look(collector, family, "bin", **record) for _ in range(8)]

    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json["id"] for answer in answers}) == 1
    assert given.spendable(family) == 10
