"""Weights and balances: cases B12 and C1 to C5."""

import pytest

from app.register.assets.streams import Stream
from app.waste.collection.balance import Odd, Weight, balance
from app.waste.collection.weights import How, reckoned_grams


def test_b12_a_bin_three_quarters_full_and_three_full_ones():
    kitchen = reckoned_grams(Stream.KITCHEN, litres=240, fill_percent=75)
    residual = reckoned_grams(Stream.RESIDUAL, litres=240, fill_percent=100, containers=3)

    assert (kitchen, residual) == (99_000, 129_600)
    assert reckoned_grams(Stream.BULKY, litres=240, fill_percent=75) is None


@pytest.mark.parametrize(
    ("stream", "came", "left", "odd"),
    [
        (Stream.RESIDUAL, 1_000_000, 900_000, None),  # C1: exactly the tolerance
        (Stream.RESIDUAL, 1_000_000, 899_999, Odd.LOSS),
        (Stream.RESIDUAL, 150_000, 131_000, None),  # C2: more than a tenth, and below the floor
        (Stream.RESIDUAL, 150_000, 129_999, Odd.LOSS),
        (Stream.KITCHEN, 3_523_000, 2_994_550, None),  # C3
        (Stream.KITCHEN, 3_523_000, 2_994_549, Odd.LOSS),
        (Stream.RESIDUAL, 1_000_000, 1_050_000, None),
        (Stream.RESIDUAL, 1_000_000, 1_050_001, Odd.GAIN),
    ],
)
def test_c1_to_c3_exactly_the_tolerance_does_not_ring(stream, came, left, odd):
    found = balance(stream, [Weight(came, How.TYPED)], [Weight(left, How.SCALE)])

    assert (found.odd, found.difference) == (odd, came - left)


def test_c5_what_nobody_weighed_only_makes_a_loss_larger_and_may_explain_a_gain():
    ins = [Weight(10_000, How.TYPED)] * 7 + [Weight()] * 3

    lost = balance(Stream.RESIDUAL, ins, [Weight(45_000, How.TYPED)])
    gained = balance(Stream.RESIDUAL, ins, [Weight(145_000, How.TYPED)])

    assert (lost.odd, lost.difference, lost.weighed, lost.inflows) == (Odd.LOSS, 25_000, 7, 10)
    assert gained.odd is None


def test_nothing_rings_when_what_left_was_reckoned_or_not_weighed():
    ins = [Weight(1_000_000, How.TYPED)]

    for out in (Weight(1_000, How.RECKONED), Weight()):
        found = balance(Stream.RESIDUAL, ins, [out])
        assert (found.odd, found.out_grams, found.basis_points) == (None, None, None)
