"""``flask ledger verify`` proves the whole county, and says what is not true."""

import json
import re
from datetime import timedelta

import pytest
from sqlalchemy import text

from app.kernel.db import snapshot
from app.kernel.signing import signer
from app.points.ledger import jobs as ledger_jobs
from operations import domains
from operations.proving import jobs, prove
from tests.given.seals import run_seal

FORGED = "UPDATE ledger.balances SET held = held + 1 WHERE held = 4"


def verify(app, *options):
    return app.test_cli_runner().invoke(args=["ledger", "verify", *options])


@pytest.fixture
def forged(superuser):
    """One balance holds more than its holds, until the end of the test."""
    with superuser.begin() as connection:
        assert connection.execute(text(FORGED)).rowcount == 1
    yield
    with superuser.begin() as connection:
        connection.execute(text("UPDATE ledger.balances SET held = held - 1 WHERE held = 5"))


def test_a_county_that_went_the_regular_way_is_true(app, story):
    result = verify(app)

    assert result.exit_code == 0, result.output
    assert "21 transfers, 8 accounts, 3 holds, 2 seals recomputed: all true" in result.output
    assert "ok / 正确    no_decision_is_paid_twice" in result.output


def test_the_report_for_programs_names_every_check(app, story):
    report = json.loads(verify(app, "--json").output)

    assert report["holds_true"] is True
    assert report["findings"] == []
    assert set(report["checks"].values()) == {0}
    assert set(report["checks"]) > set(domains.questions())
    assert {"every_chain_recomputes", "seals_are_chained_and_signed"} < set(report["checks"])


def test_a_lie_is_named_and_exits_1(app, story, forged):
    result = verify(app, "--json")

    assert result.exit_code == 1
    report = json.loads(result.output)
    assert report["holds_true"] is False
    assert [f["problem"] for f in report["findings"]] == ["held 5, open holds 4"]
    assert report["checks"]["held_is_the_sum_of_open_holds"] == 1


def test_since_a_day_rereads_only_what_its_seals_do_not_cover(app, story, noon):
    day = (noon() - timedelta(days=1)).date()

    whole = json.loads(verify(app, "--json").output)
    recent = json.loads(verify(app, "--json", "--since", str(day)).output)
    newest = json.loads(verify(app, "--json", "--since", str(noon().date())).output)

    assert recent["holds_true"] is True
    assert newest["holds_true"] is True
    assert (whole["transfers"], recent["transfers"], newest["transfers"]) == (21, 12, 5)


def test_since_a_day_before_all_seals_rereads_everything(app, story):
    report = json.loads(verify(app, "--json", "--since", "2020-01-01").output)

    assert (report["holds_true"], report["transfers"]) == (True, 21)


def test_every_invariant_has_a_figure_after_the_night(app, story):
    with app.app_context():
        jobs.prove_everything()

    figures = app.test_client().get("/metrics").text

    told = dict(re.findall(r'fen_invariant_holds\{invariant="([^"]+)"\} (\S+)', figures))
    with app.app_context(), snapshot() as connection:
        asked = prove(connection, public_keys=signer().known).checks
    assert told == dict.fromkeys(asked, "1.0")
    of_the_ledger = {"balances_sum_to_zero", "seals_are_true_of_the_transfers"}
    assert told.keys() >= of_the_ledger | domains.questions().keys()


def test_an_invariant_that_broke_rings_at_night(app, story, forged, capsys):
    with app.app_context():
        jobs.prove_everything()

    figures = app.test_client().get("/metrics").text
    assert 'fen_invariant_holds{invariant="held_is_the_sum_of_open_holds"} 0.0' in figures
    assert 'fen_invariant_holds{invariant="balances_sum_to_zero"} 1.0' in figures
    rung = [line for line in capsys.readouterr().err.splitlines() if "ledger.lie" in line]
    assert len(rung) == 1
    assert "held 5, open holds 4" in rung[0]


def test_there_are_figures_without_any_proof(app):
    figures = app.test_client().get("/metrics").text

    assert "fen_invariant_holds{" not in figures
    assert "fen_ledger_months_ahead " in figures


def test_months_run_out_loudly(app, committed, superuser, noon, capsys):
    noon.move(days=365 * 40)
    with superuser.begin() as connection:
        connection.execute(text("REVOKE EXECUTE ON FUNCTION ledger.open_months FROM fen_worker"))
    try:
        with app.app_context(), pytest.raises(Exception, match="permission denied"):
            ledger_jobs.open_coming_months()
    finally:
        with superuser.begin() as connection:
            connection.execute(text("GRANT EXECUTE ON FUNCTION ledger.open_months TO fen_worker"))

    told = capsys.readouterr().err
    assert "ledger.months_not_opened" in told
    assert "ledger.months_run_out" in told
    assert "fen_ledger_months_ahead 0.0" in app.test_client().get("/metrics").text


def test_months_are_counted_up_to_the_first_gap(app, committed, noon, capsys):
    noon.move(days=365 * 2)

    with app.app_context():
        ledger_jobs.open_coming_months()

    assert "ledger.months" not in capsys.readouterr().err
    assert "fen_ledger_months_ahead 24.0" in app.test_client().get("/metrics").text


def test_sealing_goes_on_where_it_stopped(app, story):
    run_seal(app)
    run_seal(app)

    report = json.loads(verify(app, "--json").output)
    assert (report["seals"], report["holds_true"]) == (3, True)
