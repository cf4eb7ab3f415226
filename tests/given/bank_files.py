"""A bank that takes files: its folder, and who carries files there and back."""

import io
from dataclasses import replace
from uuid import uuid4

import pytest

from app import outside
from app.kernel.db import transaction
from app.outside.bank import desk
from mall.settlement import jobs
from mall.settlement import service as settlement
from sandbox import bank_files
from sandbox.bank_books import ACCOUNT, Fate
from tests.given.factories import COUNTY


@pytest.fixture
def folder(app, tmp_path, monkeypatch):
    """The bank takes files, in this folder."""
    settings = replace(
        app.config["SETTINGS"],
        home=str(tmp_path),
        bank_adapter="file",
        bank_payer_name="分分县垃圾分类积分专户",
        bank_payer_account=ACCOUNT,
        bank_payer_bank="分分县农村信用社",
    )
    monkeypatch.setitem(app.extensions, "clients", None)
    outside.init_app(app, settings, app.extensions["redis"])
    return tmp_path / "bank"


class Carrier:
    """Carries payment files to the stand-in bank, and its result files back."""

    def __init__(self, app, books, noon) -> None:
        self._app = app
        self._books = books
        self._noon = noon
        books.deposit(1_000_000, name="财政局", account="9901010100000026", purpose="补助")

    def exported(self) -> bytes:
        with self._app.app_context():
            with transaction():
                batch = settlement.export_batch(county_id=COUNTY, made_by=None, at=self._noon())
            return desk.content_of(batch)

    def results(self, payments: bytes, **fates: Fate) -> bytes:
        """What the bank says of the file; ``refused`` and so on befall the first payment."""
        told = bank_files.read_payments(payments)
        if fates:
            (fate,) = fates.values()
            bank_files.take(self._books, told, {told.orders[0].payment_id: fate})
        else:
            bank_files.take(self._books, told)
        return bank_files.results_csv(self._books, told)

    def import_results(self, content: bytes):
        with self._app.app_context():
            with transaction():
                taken = settlement.import_results(
                    county_id=COUNTY, content=content, received_by=None, at=self._noon()
                )
            jobs.go_on_with_due()
            return taken


@pytest.fixture
def carrier(app, folder, books, noon):
    return Carrier(app, books, noon)


def upload_results(client, content, key=None):
    return client.post(
        "/api/v1/payment-batches/results",
        data={"file": (io.BytesIO(content), "results.csv")},
        headers={"Idempotency-Key": key or uuid4().hex},
    )
