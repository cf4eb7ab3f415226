"""A receipt proves a transfer to its owner, without a database, and hides the other side."""

import json
from itertools import pairwise

import pytest
from sqlalchemy import text

from app.kernel.db import db
from app.kernel.seals import merkle
from app.kernel.signing import signer
from app.points.ledger.seals import BadReceipt, check_receipt
from tests.given.seals import run_seal


@pytest.fixture
def ids(app, story):
    """The ids of the household's payments, oldest first."""
    with app.app_context():
        return db.session.scalars(
            text("SELECT id FROM ledger.transfers WHERE kind = 'redemption' ORDER BY posted_at")
        ).all()


def receipt(client, transfer_id):
    return client.get(f"/api/v1/points/transfers/{transfer_id}/receipt")


@pytest.fixture
def paid(story, ids):
    """A household's receipt of a payment."""
    answer = receipt(story.phones[1], ids[0])
    assert answer.status_code == 200, answer.json
    return answer.json


def test_a_household_gets_proof_of_its_payment(app, story, paid, tmp_path):
    file = tmp_path / "receipt.json"
    file.write_text(json.dumps(paid))
    key = app.test_cli_runner().invoke(args=["ledger", "public-key"]).output.strip()

    arguments = ["ledger", "check-receipt", str(file), "--public-key", key]
    result = app.test_cli_runner().invoke(args=arguments)

    assert result.exit_code == 0, result.output
    assert "TRUE / 凭证属实: redemption redemption:" in result.output
    assert " 0.09 元" in result.output
    assert paid["transfer"]["debit"]["owner"] == str(story.families[1].id)
    assert paid["transfer"]["debit"]["balance_after"] == 6  # 10 for the check, 5, less 9
    assert set(paid["transfer"]["credit"]) == {"digest"}


def test_the_shop_gets_its_side_and_not_the_household(app, story, ids):
    for person in (story.counter.clerk, story.counter.owner):
        answer = receipt(person, ids[0])

        assert answer.status_code == 200, answer.json
        assert answer.json["transfer"]["credit"]["owner"] == str(story.counter.shop_id)
        assert set(answer.json["transfer"]["debit"]) == {"digest"}
        with app.app_context():
            check_receipt(answer.json, signer().known)


def test_every_sealed_transfer_of_a_household_has_a_receipt(app, story):
    listed = story.phones[1].get("/api/v1/points/transfers?limit=100").json["items"]

    answers = [receipt(story.phones[1], entry["id"]) for entry in listed]

    assert [answer.status_code for answer in answers] == [409, 409] + [200] * 8
    with app.app_context():
        for answer in answers[2:]:
            check_receipt(answer.json, signer().known)


def test_a_transfer_of_a_moment_ago_has_its_receipt_after_the_next_seal(app, story, ids):
    early = receipt(story.phones[1], ids[-1])
    run_seal(app)
    later = receipt(story.phones[1], ids[-1])

    assert (early.status_code, early.json["code"]) == (409, "ledger.not_sealed_yet")
    assert early.json["message"] == "这笔积分刚刚记账，凭证还没有做好。请过半小时再来看"
    assert later.status_code == 200


def test_somebody_elses_transfer_is_not_found(story, ids, given):
    stranger = given.resident(given.household())

    for answer in (receipt(stranger, ids[0]), receipt(story.phones[0], ids[0])):
        assert (answer.status_code, answer.json["code"]) == (404, "ledger.transfer_not_found")


def test_who_has_no_account_may_not_ask(given, story, ids):
    assert receipt(given.visitor(), ids[0]).status_code == 403


def test_no_receipt_is_given_for_what_was_altered(story, ids, superuser):
    with superuser.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        change = text("UPDATE ledger.transfers SET posted_at = posted_at + :by WHERE id = :id")
        connection.execute(change, {"by": "1 second", "id": ids[0]})

    answer = receipt(story.phones[1], ids[0])

    assert (answer.status_code, answer.json["code"]) == (409, "ledger.seal_broken")


def leaves_of(document, path=()):
    """Every place in a JSON document that holds a value."""
    items = document.items() if isinstance(document, dict) else enumerate(document)
    for key, value in items:
        if isinstance(value, dict | list) and value:
            yield from leaves_of(value, (*path, key))
        else:
            yield (*path, key), value


def test_every_altered_value_of_a_receipt_is_found(app, paid):
    with app.app_context():
        known = signer().known
    places = list(leaves_of(paid))
    assert len(places) > 20
    for (*way, last), value in places:
        altered = json.loads(json.dumps(paid))
        place = altered
        for key in way:
            place = place[key]
        place[last] = changed(value)
        with pytest.raises(BadReceipt):
            check_receipt(altered, known)


def changed(value):
    if isinstance(value, int):
        return value + 1
    if not value:
        return "019e7b00-0000-7000-8000-000000000000"
    for index, (here, there) in enumerate(pairwise(value)):
        if here.isalnum() and there.isalnum():
            other = "1" if here != "1" else "2"
            return value[:index] + other + value[index + 1 :]
    raise AssertionError(value)


@pytest.mark.parametrize("document", [{}, {"format": "fen-receipt-1"}, [], "x", 3, None])
def test_what_is_no_receipt_is_refused(app, document, tmp_path):
    file = tmp_path / "receipt.json"
    file.write_text(json.dumps(document))

    result = app.test_cli_runner().invoke(args=["ledger", "check-receipt", str(file)])

    assert result.exit_code == 1
    assert "FALSE / 凭证不实" in result.output


def test_a_receipt_of_an_unknown_key_is_refused(app, paid, tmp_path):
    file = tmp_path / "receipt.json"
    file.write_text(json.dumps(paid))
    other = "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="  # of RFC 8032's first test

    arguments = ["ledger", "check-receipt", str(file), "--public-key", other]
    result = app.test_cli_runner().invoke(args=arguments)

    assert result.exit_code == 1
    assert "which is not known" in result.output


def test_the_tree_is_that_of_rfc_6962():
    """The known answers of the certificate-transparency project."""
    data = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657"]
    data.append("606162636465666768696a6b6c6d6e6f")
    leaves = [merkle.leaf_hash(bytes.fromhex(each)) for each in data]

    roots = {size: merkle.root(leaves[:size]).hex() for size in (1, 2, 3, 5, 8)}

    assert roots == {
        1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        2: "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        3: "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        5: "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        8: "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    }


def test_a_path_leads_to_the_root_from_its_own_place_only():
    for size in range(1, 40):
        leaves = [merkle.leaf_hash(bytes([n])) for n in range(size)]
        root = merkle.root(leaves)
        for index in range(size):
            path = merkle.path(leaves, index)
            assert merkle.root_of_path(leaves[index], index, size, path) == root
            assert merkle.root_of_path(leaves[index], index, size, [*path, root]) is None
            if size > 1:
                assert merkle.root_of_path(leaves[index], index, size, path[1:]) != root
                assert merkle.root_of_path(leaves[index - 1], index, size, path) != root
            assert merkle.root_of_path(leaves[index], size, size, path) is None
