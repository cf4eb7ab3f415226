"""Every step that a self-check may take, and none other."""

from itertools import product

import pytest

from app.sorting.self_checks.models import STEPS, SelfCheck, SelfCheckState

ALL = set(product(SelfCheckState, repeat=2))


@pytest.mark.parametrize(("before", "after"), sorted(STEPS))
def test_a_listed_step_is_taken(before, after):
    self_check = SelfCheck(state=before)

    self_check.move_to(after)

    assert self_check.state is after


@pytest.mark.parametrize(("before", "after"), sorted(ALL - STEPS))
def test_a_step_that_is_not_listed_is_a_bug(before, after):
    self_check = SelfCheck(state=before)

    with pytest.raises(AssertionError):
        self_check.move_to(after)

    assert self_check.state is before


def test_only_what_cannot_be_seen_is_never_judged_again():
    final = set(SelfCheckState) - {before for before, _ in STEPS}

    assert final == {SelfCheckState.UNREADABLE}
