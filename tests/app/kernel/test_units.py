"""Whole fen, whole days in China, ids in order of time."""

from datetime import UTC, date, datetime, timedelta

import pytest

from app.kernel import clock
from app.kernel.ids import derived_uuid7, first_id, instant_of, uuid7
from app.kernel.units import fen_from_yuan, grams_from, yuan_text

NOON = datetime(2026, 6, 1, 4, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "fen"),
    [
        ("8.08", 808),
        ("2.3", 230),
        ("1,234,567.89", 123456789),
        ("-0.01", -1),
        (" 5 ", 500),
        ("0.29", 29),
    ],
)
def test_yuan_become_exact_fen(text, fen):
    assert fen_from_yuan(text) == fen


@pytest.mark.parametrize("text", ["", "1.234", "1e3", "NaN", "--1", "十元", "1.2.3", "0x10"])
def test_what_is_not_an_amount_is_refused(text):
    with pytest.raises(ValueError, match="not an amount"):
        fen_from_yuan(text)


@pytest.mark.parametrize(("fen", "text"), [(0, "0.00"), (5, "0.05"), (-5, "-0.05"), (808, "8.08")])
def test_fen_are_read_as_yuan(fen, text):
    assert yuan_text(fen) == text


def test_a_day_in_china_ends_at_16_utc():
    last = datetime(2026, 6, 1, 15, 59, 59, tzinfo=UTC)

    assert clock.day_of(last) == date(2026, 6, 1)
    assert clock.day_of(last + timedelta(seconds=1)) == date(2026, 6, 2)
    assert clock.day_start(date(2026, 6, 2)) == last + timedelta(seconds=1)
    assert clock.day_end(date(2026, 6, 1)) == clock.day_start(date(2026, 6, 2))


def test_ids_sort_by_time_and_say_their_version():
    ids = [uuid7(NOON + timedelta(milliseconds=n)) for n in range(50)]

    assert ids == sorted(ids)
    assert {i.version for i in ids} == {7}


def test_a_derived_id_depends_on_the_reference_and_the_decision_alone():
    same = derived_uuid7(NOON, "award:1")

    assert derived_uuid7(NOON, "award:1") == same
    assert derived_uuid7(NOON, "award:2") != same
    assert derived_uuid7(NOON + timedelta(seconds=1), "award:1") != same
    assert same.version == 7


def test_ids_of_a_time_lie_between_the_first_of_it_and_the_first_after_it():
    ids = [uuid7(NOON) for _ in range(100)]

    assert first_id(NOON) < min(ids)
    assert max(ids) < first_id(NOON + timedelta(milliseconds=1))


def test_an_id_says_when_it_was_made():
    at = NOON + timedelta(milliseconds=123)

    assert instant_of(uuid7(at)) == at


@pytest.mark.parametrize(
    ("text", "unit", "grams"),
    [
        ("12", "jin", 6_000),
        ("12", "kg", 12_000),
        ("10.1", "kg", 10_100),
        ("0.3", "kg", 300),
        ("0.002", "jin", 1),
        (" 2.9 ", "kg", 2_900),
    ],
)
def test_a_weight_becomes_exact_grams(text, unit, grams):
    assert grams_from(text, unit) == grams


@pytest.mark.parametrize(
    ("text", "unit"),
    [("", "kg"), ("1.0001", "kg"), ("0.001", "jin"), ("-1", "kg"), ("1e3", "kg"), ("١", "kg")],
)
def test_what_is_not_a_weight_in_whole_grams_is_refused(text, unit):
    with pytest.raises(ValueError, match="not"):
        grams_from(text, unit)
