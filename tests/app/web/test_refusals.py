"""The codes that an operation can answer are found, each with its status and its sentence."""

import pytest

from app.web.refusals import refusals_of
from operations.contract.outline import METHODS, document
from tests.given.promises import promised

OF_ALL = {"internal", "unavailable"}


def codes(app, endpoint: str) -> set[str]:
    return {one.code for one in refusals_of(app.view_functions[endpoint])}


def test_what_lies_below_a_view_is_found_and_nothing_else(app):
    assert codes(app, "redemptions.slip") == {
        "unauthenticated",
        "forbidden",
        "redemption.not_found",
    }


def test_what_the_database_refuses_is_found_through_the_ledger(app):
    assert "settlement.reserve_too_small" in codes(app, "allotments.approve")


@pytest.mark.parametrize(
    ("endpoint", "code"),
    [
        ("vouchers.buy", "vouchers.sold_out"),
        ("self_checks.submit", "photo.store_away"),
        ("photos.photo", "photo.store_away"),
        ("photos.photo", "photo.missing"),  # of a store that the tests do not use
    ],
)
def test_what_stands_behind_a_port_is_found_whichever_adapter_is_in_use(app, endpoint, code):
    assert code in codes(app, endpoint)


def test_what_a_blueprint_asks_before_its_views_is_found(app):
    assert "bank.forged_notification" in promised(app)["bank.notify"]


def test_the_refusals_of_jobs_are_nobodys(app):
    assert not {code for code in codes(app, "bank.notify") if code.startswith("bank.")}


@pytest.mark.parametrize("code", sorted(OF_ALL))
def test_every_operation_says_that_something_may_break(app, code):
    assert all(code in said for said in promised(app).values())


def test_every_refusal_of_the_document_has_codes_that_are_explained(app):
    whole = document(app)
    meanings = whole["components"]["x-codes"]
    for path in whole["paths"].values():
        for operation in (path[method] for method in METHODS if method in path):
            for status, said in operation["responses"].items():
                if status[0] in "45":
                    assert said["x-codes"], (operation["operationId"], status)
                    assert {meanings[code]["status"] for code in said["x-codes"]} == {int(status)}
    assert whole["components"]["schemas"]["ErrorCode"]["enum"] == list(meanings)
    assert meanings["redemption.code_expired"]["status"] == 409
