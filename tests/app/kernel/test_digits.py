"""Digits to type: one slip is noticed."""

import pytest

from app.kernel.digits import BASE62, are_digits, new_digits, random_text


def test_new_digits_fit_and_any_one_wrong_digit_is_noticed():
    digits = new_digits()

    assert are_digits(digits)
    for place, right in enumerate(digits):
        for wrong in set("0123456789") - {right}:
            assert not are_digits(digits[:place] + wrong + digits[place + 1 :])


@pytest.mark.parametrize("text", ["", "00000000", "0000000000", "００００００００0", "00000000x"])
def test_what_is_not_nine_digits_is_none(text):
    assert not are_digits(text)


def test_a_random_text_is_as_long_as_asked_and_not_the_same_twice():
    one, other = random_text(22), random_text(22)

    assert (len(one), set(one) <= set(BASE62), one == other) == (22, True, False)
