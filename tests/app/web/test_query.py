"""A parameter that no view knows is refused by name, wherever it is sent."""

import pytest

from app.register.identity.roles import Role
from app.web.query import UnknownParameters, _named
from operations.contract.outline import METHODS, document
from tests.given.http import assert_refused, post


@pytest.fixture
def admin(given):
    return given.staff(Role.COUNTY_ADMIN, given.county())


def test_a_filter_that_is_misspelt_is_refused_by_its_name(admin):
    refused = admin.get("/api/v1/allotments?stat=proposed&limit=5")

    assert_refused(refused, 422, "unknown_parameters", "不认识的参数：stat。请升级小程序后重试")
    assert refused.json["details"] == {"names": "stat"}


def test_what_a_list_knows_is_taken(admin):
    assert admin.get("/api/v1/households?limit=5").status_code == 200


def test_a_view_that_takes_no_parameters_refuses_all(app, given):
    refused = given.visitor().get("/api/v1/me?fields=name")

    assert_refused(refused, 422, "unknown_parameters", "不认识的参数：fields。请升级小程序后重试")
    assert app.test_client().get("/healthz?x=1").json["code"] == "unknown_parameters"


def test_a_command_with_a_parameter_is_refused_and_does_nothing(given):
    resident = given.resident(given.household(village=given.village()))

    refused = post(resident, "pay-codes?points=5")

    assert_refused(refused, 422, "unknown_parameters")
    assert resident.get("/api/v1/pay-codes/current").status_code == 404


def test_many_and_long_names_are_told_in_short(admin):
    refused = admin.get(f"/api/v1/allotments?{'a' * 99}&b=1&c=2&d=3")

    assert refused.json["details"] == {"names": f"{'a' * 40}、b、c"}


def test_the_descriptions_made_by_libraries_take_what_they_like(app):
    assert app.test_client().get("/openapi.json?theme=dark").status_code == 200


def test_every_view_takes_the_parameters_that_the_document_names_and_says_so(app):
    for path in document(app)["paths"].values():
        for operation in (path[method] for method in METHODS if method in path):
            view = app.view_functions[operation["operationId"]]
            if hasattr(view, "takes_any_query"):
                continue
            known = {p["name"] for p in operation.get("parameters", ()) if p.get("in") == "query"}
            assert _named(view) == known, operation["operationId"]
            assert UnknownParameters.code in operation["responses"]["422"]["x-codes"]
