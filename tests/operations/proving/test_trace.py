"""``flask audit`` proves the trace, and gives it away so that others can prove it."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.kernel import audit
from app.kernel.db import db, transaction
from app.kernel.seals import chain, merkle
from tests.given.factories import COUNTY
from tests.given.seals import run_seal

ALTERED = "UPDATE audit_events SET reason = '另一个理由' WHERE id = :id"
OLDEST = "SELECT id FROM audit_events ORDER BY xact, id LIMIT 1"


@pytest.fixture
def run(app):
    """``flask audit …``: its exit code and its output."""

    def invoke(*words):
        result = app.test_cli_runner().invoke(args=["audit", *map(str, words)])
        return result.exit_code, result.output

    return invoke


@pytest.fixture
def seal_rows(app):
    """What the seals of the trace cover: county, number, first commit, end, events."""

    def read():
        with app.app_context():
            rows = db.session.execute(
                text(
                    "SELECT county_id, number, commits_from, commits_before, events"
                    " FROM audit_seals ORDER BY county_id, number"
                )
            )
            return [tuple(row) for row in rows]

    return read


@pytest.fixture
def deed(app, given):
    """Write one event, in a transaction of its own."""

    def write(county_id=COUNTY, times=1):
        with app.app_context(), transaction():
            for _ in range(times):
                audit.record(
                    "catalogue.offer",
                    county_id=county_id,
                    actor_id=None,
                    subject=("shop", 1),
                    at=given._clock(),
                )

    return write


def test_each_seal_goes_on_where_the_one_before_ended(app, committed, deed, seal_rows):
    deed()
    deed()
    run_seal(app)
    deed()
    run_seal(app)
    run_seal(app)  # nothing is left

    first, second = seal_rows()
    assert (first[1], first[2], first[4]) == (1, 0, 2)
    assert (second[1], second[2], second[4]) == (2, first[3], 1)


def test_an_open_transaction_holds_the_fence_back(app, committed, deed, seal_rows):
    deed()
    with app.app_context():
        engine = db.engine
    with engine.connect() as other, other.begin():
        other.execute(text("SELECT pg_current_xact_id()"))
        deed()  # committed, but later than what is still open
        run_seal(app)
        while_open = seal_rows()
    run_seal(app)

    assert [row[4] for row in while_open] == [1]
    assert [row[4] for row in seal_rows()] == [1, 1]


def test_many_events_become_several_seals_by_whole_transactions(
    app, committed, deed, seal_rows, monkeypatch
):
    monkeypatch.setattr(chain, "ROWS_MAX", 2)
    for times in (1, 1, 3, 1):
        deed(times=times)

    run_seal(app)

    assert [row[4] for row in seal_rows()] == [2, 3, 1]


def test_counties_have_chains_of_their_own(app, committed, deed, seal_rows):
    deed()
    deed(county_id=990102)

    run_seal(app)

    assert [(row[0], row[1], row[4]) for row in seal_rows()] == [(COUNTY, 1, 1), (990102, 1, 1)]


def test_two_sealers_at_once_make_one_chain(app, committed, deed, seal_rows):
    with ThreadPoolExecutor(8) as pool:
        for _ in range(5):
            deed()
            list(pool.map(lambda _: run_seal(app), range(8)))

    numbers = [row[1] for row in seal_rows()]
    assert numbers == list(range(1, len(numbers) + 1))
    assert sum(row[4] for row in seal_rows()) == 5


@pytest.mark.parametrize(
    "changed",
    [
        {"number": 3},
        {"number": 2, "commits_from": 0},
        {"number": 2, "commits_before": 2**50},
        {"number": 2, "count": 2},
    ],
)
def test_a_seal_that_does_not_continue_the_chain_is_refused(
    app, committed, deed, given, seal_rows, changed
):
    deed()
    run_seal(app)
    deed()
    before = seal_rows()
    with app.app_context():
        values = {
            "county_id": COUNTY,
            "commits_from": before[0][3],
            "commits_before": db.session.scalar(chain._FENCE),
            "count": 1,
            "root": bytes(32),
            "previous": bytes(32),
            "sealed_at": given._clock(),
            "key_id": "0" * 16,
            "signature": bytes(64),
        }
        with pytest.raises(DBAPIError) as refused:
            db.session.execute(audit.TRACE._append, values | changed)
        assert refused.value.orig.sqlstate == "AU002"

    assert seal_rows() == before


def test_a_tree_that_grows_has_the_root_of_all_its_leaves():
    leaves = [merkle.leaf_hash(bytes([n])) for n in range(70)]
    tree = merkle.Tree()
    for size, leaf in enumerate(leaves, 1):
        tree.add(leaf)
        assert (tree.size, tree.root()) == (size, merkle.root(leaves[:size]))


def test_a_county_that_went_the_regular_way_is_true(run, story):
    exit_code, said = run("verify")

    assert exit_code == 0, said
    assert "ok / 正确    seals_are_true_of_the_trace" in said
    assert "ok / 正确    an_allotment_names_who_is_on_the_trace" in said
    assert said.splitlines()[-1].endswith("events read: all true / 留痕全部属实")


def test_an_altered_event_is_named_in_words(run, story, by_hand, superuser):
    with superuser.connect() as connection:
        event_id = connection.scalar(text(OLDEST))
    by_hand(ALTERED, id=event_id)

    exit_code, said = run("verify")

    assert exit_code == 1
    assert f"event {event_id} was altered, or written without the key" in said
    assert "trace seal 1 has another root than its events: one of them was altered" in said
    assert said.splitlines()[-1].endswith("2 lies / 有问题")


def test_what_a_day_or_an_interrupted_run_believes_is_not_read_again(run, story, noon):
    _, said = run("verify", "--json")
    whole = json.loads(said)
    recent = json.loads(run("verify", "--json", "--since", noon().date())[1])
    after = json.loads(run("verify", "--json", "--after", f"{COUNTY}:1")[1])
    newest = json.loads(run("verify", "--json", "--after", f"{COUNTY}:2")[1])

    assert whole["holds_true"] is recent["holds_true"] is after["holds_true"] is True
    assert whole["events"] > after["events"] > newest["events"] > 0
    assert recent["events"] == newest["events"]


def test_a_place_to_go_on_from_is_county_and_seal(run, story):
    exit_code, said = run("verify", "--after", "yesterday")

    assert exit_code == 1
    assert "--after is COUNTY:SEAL" in said


def test_only_others_copies_tell_that_the_newest_seal_was_removed(
    app, run, story, by_hand, tmp_path
):
    file = tmp_path / "seals.jsonl"
    export = ["ledger", "export-seals", "--date", "2026-06-02", "--out", str(file)]
    assert app.test_cli_runner().invoke(args=export).exit_code == 0
    assert run("verify", "--seals", file)[0] == 0

    by_hand("DELETE FROM audit_seals WHERE number = 2")

    assert run("verify")[0] == 0  # by itself the database cannot know
    exit_code, said = run("verify", "--seals", file)
    assert exit_code == 1
    assert "trace seal 2 is gone" in said


def test_an_event_that_stays_unsealed_for_a_day_is_found(altered, story):
    checks = altered(
        lambda connection: connection.execute(
            text(
                "UPDATE audit_events SET written_at = written_at - interval '2 days'"
                " WHERE xact >= (SELECT max(commits_before) FROM audit_seals)"
            )
        )
    )

    assert checks == {"old_events_of_the_trace_are_sealed"}


def test_an_event_of_before_the_codes_is_believed_under_the_first_seal_alone(altered, story):
    def of_before(seal):
        return lambda connection: connection.execute(
            text(
                "UPDATE audit_events SET mac = NULL WHERE id = (SELECT e.id FROM audit_events e"
                " JOIN audit_seals s ON e.xact >= s.commits_from AND e.xact < s.commits_before"
                f" WHERE s.number = {seal} ORDER BY e.id LIMIT 1)"
            )
        )

    assert altered(of_before(1)) == {"seals_are_true_of_the_trace"}
    assert altered(of_before(2)) == {
        "seals_are_true_of_the_trace",
        "an_event_of_the_trace_is_as_it_was_written",
    }


@pytest.fixture
def exported(run, story, tmp_path):
    """The trace of the story's days, as it is given away: the file, and its lines."""
    file = tmp_path / "trace.jsonl"
    export = ("export", "--county", COUNTY, "--from", "2026-06-01", "--to", "2026-06-03")
    exit_code, said = run(*export, "--out", file)
    assert exit_code == 0, said
    return file, file.read_text(encoding="utf-8").splitlines()


def test_a_file_of_the_trace_proves_itself_by_the_public_key_alone(run, exported):
    file, lines = exported
    key = json.loads(lines[0])["public_key"]

    exit_code, said = run("check-export", file, "--public-key", key)

    assert exit_code == 0, said
    events = sum("event" in json.loads(line) for line in lines)
    sealed = int(said.partition("留痕属实: ")[2].partition(" ")[0])
    assert f"{sealed} events under 2 seals; {events - sealed} not sealed yet" in said
    assert 0 < sealed < events


@pytest.mark.parametrize(
    ("lie", "problem"),
    [
        (lambda lines: [*lines[:2], *lines[3:]], "events and"),
        (
            lambda lines: [line.replace("settlement", "sett1ement") for line in lines],
            "another root",
        ),
        (lambda lines: [line.replace("number 1", "number 9") for line in lines], "not signed"),
        (lambda lines: lines[1:], "line 1 does not say fen-trace-1"),
        (lambda lines: [lines[0], "{}"], "line 2 is not in the format"),
    ],
)
def test_an_altered_file_of_the_trace_is_false(run, exported, lie, problem):
    file, lines = exported
    file.write_text("\n".join(lie(lines)) + "\n", encoding="utf-8")

    exit_code, said = run("check-export", file)

    assert exit_code == 1
    assert "FALSE / 留痕不实" in said
    assert problem in said
