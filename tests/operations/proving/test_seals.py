"""Seals are made once, in order, below the fence; the daily file is what others keep of them."""

import base64
import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.kernel.db import db, transaction
from app.kernel.ids import uuid7
from app.kernel.seals import chain
from app.kernel.signing import Signer, is_signed, read_public_keys, signer
from app.points import ledger
from app.points.ledger import seals
from tests.given.factories import COUNTY
from tests.given.seals import run_seal

OLD_SEED = base64.b64encode(bytes(range(32))).decode()


@pytest.fixture
def seal_rows(app):
    """What the seals cover: number, first commit, end, transfers."""

    def run():
        with app.app_context():
            rows = db.session.execute(
                text(
                    "SELECT number, commits_from, commits_before, transfers FROM ledger.seals"
                    " ORDER BY county_id, number"
                )
            )
            return [tuple(row) for row in rows]

    return run


def prove(app, *options):
    result = app.test_cli_runner().invoke(args=["ledger", "verify", "--json", *options])
    return json.loads(result.output)


def test_each_seal_goes_on_where_the_one_before_ended(app, committed, given, seal_rows):
    family = given.household(points=10)
    run_seal(app)
    given.points(family, 5)
    run_seal(app)
    run_seal(app)  # nothing is left

    first, second = seal_rows()
    assert (first[0], first[1], first[3]) == (1, 0, 3)
    assert (second[0], second[1], second[3]) == (2, first[2], 3)


def test_an_open_transaction_holds_the_fence_back(app, committed, given, seal_rows):
    family = given.household(points=10)
    with app.app_context():
        engine = db.engine
    with engine.connect() as other, other.begin():
        other.execute(text("SELECT pg_current_xact_id()"))
        given.points(family, 5)  # committed, but later than what is still open
        run_seal(app)
        while_open = seal_rows()
    run_seal(app)

    assert [row[3] for row in while_open] == [3]
    assert [row[3] for row in seal_rows()] == [3, 3]


def test_a_commit_between_others_is_followed_from_the_seal_on(app, committed, given, noon):
    """An early transaction posts after a later one: its entry lies between recent ones."""
    village = given.village()
    given.budget(village, 100)
    early, late = given.household(village=village), given.household(village=village)

    def award(connection, family, n):
        connection.execute(
            text(
                "SELECT ledger.post(:county, :id, 'award', :reference, 'village_budget', :village,"
                " NULL, 'household', :owner, '2027-03-31', 10)"
            ),
            {
                "county": COUNTY,
                "id": uuid7(noon()),
                "reference": f"award:{n}",
                "village": village.id,
                "owner": family.id,
            },
        )

    with app.app_context():
        engine = db.engine
    with engine.connect() as first, engine.connect() as open_one, engine.connect() as second:
        for connection in (first, open_one, second):
            connection.execute(text("SELECT pg_current_xact_id()"))
        award(second, late, 1)
        second.commit()
        award(first, early, 2)
        first.commit()
        run_seal(app)  # reaches the early commit, and not the late one, which posted before it
        open_one.rollback()

    noon.move(days=1)
    report = prove(app, "--since", str(noon().date()))

    assert report["transfers"] == 2
    chained = ("every_chain_recomputes", "a_balance_is_the_sum_of_its_entries")
    sealed = ("a_balance_is_its_last_entry", "seals_are_true_of_the_transfers")
    assert {check: report["checks"][check] for check in (*chained, *sealed)} == dict.fromkeys(
        (*chained, *sealed), 0
    )


def test_many_transfers_become_several_seals_by_whole_transactions(
    app, committed, given, seal_rows, monkeypatch
):
    monkeypatch.setattr(chain, "ROWS_MAX", 2)
    family = given.household(points=10)  # transactions of 1, 1 and 1 transfers
    with app.app_context(), transaction():
        for n in range(3):  # more than one seal should hold, and not to be parted
            ledger.spend(
                county_id=COUNTY,
                household_id=family.id,
                reference=f"redemption:{n}",
                decided_at=given._clock(),
                kind=ledger.TransferKind.REDEMPTION,
                credit=ledger.shop(family.id),
                amount=1,
            )
    given.points(family, 5)

    run_seal(app)

    assert [row[3] for row in seal_rows()] == [2, 1, 3, 2, 1]


def test_counties_have_chains_of_their_own(app, committed, given, seal_rows):
    given.household(points=10)
    given.household(village=given.village(county_id=990102), points=5, county_id=990102)

    run_seal(app)

    assert [(row[0], row[1], row[3]) for row in seal_rows()] == [(1, 0, 3), (1, 0, 3)]


def test_two_sealers_at_once_make_one_chain(app, committed, given, seal_rows):
    family = given.household(points=10)
    with ThreadPoolExecutor(8) as pool:
        for _ in range(5):
            given.points(family, 1)
            list(pool.map(lambda _: run_seal(app), range(8)))

    numbers = [row[0] for row in seal_rows()]
    assert numbers == list(range(1, len(numbers) + 1))
    assert sum(row[3] for row in seal_rows()) == 18


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
    app, committed, given, seal_rows, changed
):
    family = given.household(points=10)
    run_seal(app)
    given.points(family, 5)
    before = seal_rows()
    with app.app_context():
        fence = db.session.scalar(text("SELECT ledger.fence()"))
        values = {
            "county_id": COUNTY,
            "commits_from": before[0][2],
            "commits_before": fence,
            "count": 3,
            "root": bytes(32),
            "previous": bytes(32),
            "sealed_at": given._clock(),
            "key_id": "0" * 16,
            "signature": bytes(64),
        }
        with pytest.raises(DBAPIError) as refused:
            db.session.execute(seals.TRANSFERS._append, values | changed)
        assert refused.value.orig.sqlstate == "LG010"

    assert seal_rows() == before


def test_the_application_cannot_write_a_seal_itself(app, committed):
    with app.app_context(), pytest.raises(DBAPIError, match="permission denied"):
        db.session.execute(text("DELETE FROM ledger.seals"))


def test_the_daily_file_can_be_checked_with_its_public_key_alone(app, story, tmp_path, noon):
    file = tmp_path / "seals.jsonl"
    run = app.test_cli_runner().invoke

    result = run(args=["ledger", "export-seals", "--date", "2026-06-02", "--out", str(file)])

    assert result.exit_code == 0, result.output
    head, *lines = [json.loads(line) for line in file.read_text().splitlines()]
    assert (head["format"], head["date"], len(lines)) == ("fen-seals-1", "2026-06-02", 2)
    assert head["public_key"] == run(args=["ledger", "public-key"]).output.strip()
    (public,) = read_public_keys([head["public_key"]]).values()
    said, signature = lines[0]["statement"], base64.b64decode(lines[0]["signature"])
    assert "number 2\n" in said
    assert "transfers 7\n" in said
    assert is_signed(said.encode(), signature, public)
    assert not is_signed(said.replace("number 2", "number 3").encode(), signature, public)
    assert lines[1]["statement"].startswith("fen-trace-seal-1\n")


def test_the_daily_file_shows_that_the_newest_seal_was_removed(app, story, tmp_path, superuser):
    file = tmp_path / "seals.jsonl"
    export = ["ledger", "export-seals", "--date", "2026-06-02", "--out", str(file)]
    app.test_cli_runner().invoke(args=export)
    assert prove(app, "--seals", str(file))["holds_true"] is True

    with superuser.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        connection.execute(text("DELETE FROM ledger.seals WHERE number = 2"))

    assert prove(app)["holds_true"] is True  # by itself the database cannot know
    gone = prove(app, "--seals", str(file))
    assert [f["problem"] for f in gone["findings"]] == ["is gone"]
    run_seal(app)
    replaced = prove(app, "--seals", str(file))
    assert [f["problem"] for f in replaced["findings"]] == ["is another one now"]


def test_a_file_that_is_no_export_is_refused(app, tmp_path):
    file = tmp_path / "other.json"
    file.write_text('{"format": "other"}\n')

    result = app.test_cli_runner().invoke(args=["ledger", "verify", "--seals", str(file)])

    assert result.exit_code == 1
    assert "line 1 does not say fen-seals-1" in result.output


def test_seals_of_a_former_key_are_believed_while_its_public_half_is_kept(app, committed, given):
    family = given.household(points=10)
    old = Signer(seed=OLD_SEED)
    with app.app_context(), transaction():
        seals.TRANSFERS.seal_next(
            db.session.connection(), county_id=COUNTY, signer=old, at=given._clock()
        )
    given.points(family, 5)
    run_seal(app)
    with app.app_context():
        own, connection = signer(), db.session.connection()
        for known, lies in ((own.known, 1), ({**own.known, **old.known}, 0)):
            proof = ledger.Proof()
            seals.verify_seals(connection, proof, known)
            assert proof.checks["seals_are_chained_and_signed"] == lies
    kept = Signer(seed=app.config["SETTINGS"].seal_key, old_public_keys=old.public_key)
    assert kept.known == {**own.known, **old.known}


def test_a_transfer_that_stays_unsealed_for_a_day_is_found(altered, story):
    checks = altered(
        lambda connection: connection.execute(
            text(
                "UPDATE ledger.transfers SET posted_at = posted_at - interval '2 days'"
                " WHERE kind = 'payout'"
            )
        )
    )

    assert checks == {"old_transfers_are_sealed"}
