"""So many wrong tries in a window, then none until it is over."""

import pytest

from app.kernel.db import transaction
from app.kernel.errors import Conflict, DomainError, Unavailable
from app.kernel.tries import Brake
from tests.given.away import no_valkey


class Enough(DomainError):
    status = 429
    code = "tests.enough"
    message = "够了"


class Wrong(Conflict):
    code = "tests.wrong"
    message = "不对"


BRAKE = Brake("tests", 2, Enough, Unavailable)
LENIENT = Brake("tests", 2, Enough, away=None)


@pytest.fixture(autouse=True)
def in_app(app):
    with app.app_context():
        yield


def counted(app) -> int:
    return int(app.extensions["redis"].get("tries:tests:me") or 0)


def guess(brake: Brake = BRAKE) -> None:
    with brake.unless(Wrong, "me"):
        raise Wrong()


def in_a_transaction_that_fails() -> None:
    with transaction():
        BRAKE.begin_until_commit("me")
        raise Wrong()


def test_after_so_many_wrong_ones_even_a_right_one_is_refused(app):
    for _ in range(2):
        with pytest.raises(Wrong):
            guess()

    with pytest.raises(Enough), BRAKE.unless(Wrong, "me"):
        pytest.fail("nothing is tried")

    assert counted(app) == 2
    with BRAKE.unless(Wrong, "somebody else"):
        pass


def test_the_window_begins_with_the_first_wrong_try(app):
    with pytest.raises(Wrong):
        guess()
    app.extensions["redis"].expire("tries:tests:me", 5)

    with pytest.raises(Wrong):
        guess()

    assert 0 < app.extensions["redis"].ttl("tries:tests:me") <= 5


def test_right_tries_and_other_failures_do_not_count(app):
    for _ in range(3):
        with BRAKE.unless(Wrong, "me"):
            pass
        with pytest.raises(ValueError, match="else"), BRAKE.unless(Wrong, "me"):
            raise ValueError("something else")

    assert counted(app) == 0


def test_a_try_whose_transaction_commits_was_not_wrong(app):
    with transaction():
        BRAKE.begin_until_commit("me")
    assert counted(app) == 0

    with pytest.raises(Wrong):
        in_a_transaction_that_fails()
    assert counted(app) == 1


def test_tries_that_are_counted_afterwards_are_refused_as_well(app):
    for _ in range(2):
        BRAKE.check("me")
        BRAKE.add("me")

    with pytest.raises(Enough):
        BRAKE.check("me")


def test_what_is_taken_back_after_the_window_does_not_stay_for_ever(app):
    BRAKE.begin("me")
    app.extensions["redis"].delete("tries:tests:me")

    BRAKE.take_back("me")

    assert 0 < app.extensions["redis"].ttl("tries:tests:me") <= 60


def test_when_nobody_counts_each_brake_says_what_then(app, monkeypatch):
    monkeypatch.setitem(app.extensions, "redis", no_valkey())

    with pytest.raises(Unavailable):
        BRAKE.begin("me")
    LENIENT.check("me")
    LENIENT.add("me")
    LENIENT.take_back("me")
