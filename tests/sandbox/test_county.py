"""Who can sign in to the demo county is told wherever somebody looks for it."""

from datetime import date

import pytest

from app.config import ROOT
from app.register.households.roster.checks import id_number_fault
from app.register.identity.roles import Role
from sandbox import county, people


def test_every_role_is_held_by_somebody():
    assert {someone.role for someone in people.everybody()} == set(Role)


def test_nobody_is_named_twice_and_nobody_exists():
    everybody = people.everybody()
    numbers = [people.id_number(someone) for someone in everybody]

    assert len({someone.phone for someone in everybody}) == len(everybody)
    assert {number[:6] for number in numbers} == {"990101"}
    assert {id_number_fault(number, date(2026, 6, 1)) for number in numbers} == {None}


def test_the_readme_names_them_all():
    told = (ROOT / "README.zh-CN.md").read_text()

    for someone in people.everybody():
        row = (
            f"| {someone.title} | {someone.name} | `{someone.openid}` | {someone.area or '全县'} |"
        )
        assert row in told


@pytest.fixture
def home(monkeypatch, tmp_path):
    monkeypatch.setenv("FEN_HOME", str(tmp_path))
    monkeypatch.setenv("FEN_ENV", "development")
    monkeypatch.setenv("PORT", "9000")
    monkeypatch.delenv("FEN_DEMO_COUNTY", raising=False)
    monkeypatch.setattr("sys.argv", ["county", "--people"])
    return tmp_path


def test_they_are_printed_with_how_to_sign_in_and_left_for_the_start_page(home, capsys):
    county.main()

    printed = capsys.readouterr().out
    assert "  demo-19900009008  审计 丹桂" in printed
    assert "curl -s http://127.0.0.1:9001/_sandbox/login-codes" in printed
    assert "没有做完" not in printed
    assert (home / "sandbox" / "people.txt").read_text() in printed


def test_a_county_that_was_interrupted_says_so(home, capsys):
    (home / "sandbox").mkdir()
    (home / people.UNFINISHED).touch()

    county.main()

    assert f"请先停下，删掉 {home}，再启动" in capsys.readouterr().out
