"""A new field key: every sealed value goes over to it, and the old one can be dropped."""

from base64 import b64encode

import pytest
from sqlalchemy import LargeBinary, text

from app.kernel.db import db
from app.kernel.secrets import Vault
from app.register.identity import queries as identity
from app.register.identity.roles import Role
from mall.merchants import accounts
from mall.merchants.models import Merchant
from operations import domains, resealing
from operations.commands import each_column
from tests.given.shops import ACCOUNT

NEW_KEY = f"k2:{b64encode(b'2' * 32).decode()}"


def with_keys(settings, field_keys: str) -> Vault:
    return Vault(
        field_keys=field_keys, index_key=settings.index_key, digest_key=settings.secret_key
    )


@pytest.fixture
def turned(app, settings, monkeypatch) -> Vault:
    """The vault after a new key was put in front; call it after the old one has sealed."""

    def turn() -> Vault:
        monkeypatch.setitem(
            app.extensions, "vault", with_keys(settings, f"{NEW_KEY},{settings.field_keys}")
        )
        return app.extensions["vault"]

    return turn


def test_every_sealed_column_is_known_and_each_that_is_known_is_there(app):
    named = {(one.table, one.column) for one in domains.sealed()}

    assert named == {
        (table.name, column.name)
        for table in db.metadata.tables.values()
        for column in table.columns
        if isinstance(column.type, LargeBinary) and column.name.endswith("sealed")
    }


def test_a_run_that_is_killed_is_gone_on_with_and_then_the_old_key_can_be_dropped(
    app, committed, given, mall, counter, settings, turned, noon, monkeypatch, altered
):
    """Two officials' phones, a household's and a merchant's account, one row at a time."""
    officer = given.phone(given.user(), "13800000009")
    admin = given.phone(given.user(), "13800000008")
    given.grant(admin, Role.COUNTY_ADMIN, given.county())
    given.household(phone="13800000001")
    both = turned()
    clicked = app.test_cli_runner()

    class Killed(Exception):
        pass

    def work(told, after):
        if (told.column.table, told.column.column) == ("users", "phone_sealed"):
            raise Killed
        return resealing.reseal(both, told, after, by=None, at=noon(), limit=1)

    with app.app_context(), resealing.as_owner(settings), pytest.raises(Killed):
        each_column(work)
    with app.app_context():
        assert identity.holder(officer).phone == "138****0009"
    assert clicked.invoke(args=["secrets", "check"]).exit_code == 1

    done = clicked.invoke(args=["secrets", "reseal", "--by", "13800000008"])
    assert (done.exit_code, "Every value opens" in done.output) == (0, True), done.output
    again = clicked.invoke(args=["secrets", "reseal", "--by", "13800000008"])
    assert again.output.count(": 0 sealed anew") == len(domains.sealed())
    checked = clicked.invoke(args=["secrets", "check"])
    assert checked.exit_code == 0, checked.output

    monkeypatch.setitem(app.extensions, "vault", with_keys(settings, NEW_KEY))
    with app.app_context():
        merchant = db.session.get_one(Merchant, counter.merchant_id)
        assert accounts.open_account(merchant.payee_account_sealed, merchant.id) == ACCOUNT
        assert identity.holder(officer).phone == "138****0009"
    assert "a_payee_is_as_the_trace_knows_it" not in altered(lambda connection: None)


def test_a_value_that_was_moved_to_another_row_is_named_and_left_as_it_is(
    app, committed, mall, settings, turned, noon, by_hand
):
    mine, other = mall.counter(), mall.counter()
    by_hand(
        "UPDATE merchants SET payee_account_sealed = (SELECT payee_account_sealed FROM merchants"
        " WHERE id = :other) WHERE id = :mine",
        mine=mine.merchant_id,
        other=other.merchant_id,
    )
    both = turned()
    sealed = text("SELECT payee_account_sealed FROM merchants WHERE id = :id")

    with app.app_context():
        before = db.session.scalar(sealed, {"id": mine.merchant_id})
        db.session.remove()
        with resealing.as_owner(settings):
            told = {
                (one.column.table, one.column.column): one
                for one in each_column(
                    lambda told, after: resealing.reseal(both, told, after, by=None, at=noon())
                )
            }
        account = told["merchants", "payee_account_sealed"]
        assert (account.sealed_anew, account.shut) == (1, [str(mine.merchant_id)])
        assert bytes(db.session.scalar(sealed, {"id": mine.merchant_id})) == bytes(before)
