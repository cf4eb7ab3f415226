"""The document is enough: whoever has read nothing else can call what it describes."""

import re
from io import BytesIO
from uuid import uuid4

from app.register.identity.roles import Role
from operations.contract.outline import METHODS, document
from tests.given.pictures import photo


class Caller:
    """A client that was made from the document, as openapi-typescript makes one for a phone."""

    def __init__(self, whole, client):
        self._whole, self._client = whole, client

    def call(self, operation_id, path=None, **chosen):
        """Call with the chosen fields; what else is required is made up from its schema."""
        address, method, operation = self._found(operation_id)
        headers = {}
        for parameter in map(self._looked_up, operation.get("parameters", ())):
            if parameter["in"] == "header" and parameter["required"]:
                headers[parameter["name"]] = self._made_up(parameter["schema"])
        (media, content), *_ = operation["requestBody"]["content"].items()
        schema = self._looked_up(content["schema"])
        assert chosen.keys() <= schema["properties"].keys()
        missing = set(schema.get("required", ())) - chosen.keys()
        body = chosen | {name: self._made_up(schema["properties"][name]) for name in missing}
        sent = {"json": body} if media == "application/json" else {"data": body}
        return self._client.open(
            address.format_map(path or {}), method=method, headers=headers, **sent
        )

    def _found(self, operation_id):
        return next(
            (address, method, operation)
            for address, operations in self._whole["paths"].items()
            for method, operation in operations.items()
            if method in METHODS and operation["operationId"] == operation_id
        )

    def _looked_up(self, part):
        found = part
        if "$ref" in part:
            found = self._whole
            for step in part["$ref"].removeprefix("#/").split("/"):
                found = found[step]
        return found

    def _made_up(self, schema):
        schema = self._looked_up(schema)
        if "enum" in schema:
            return schema["enum"][0]
        if schema.get("format") == "uuid":
            return str(uuid4())
        assert schema["type"] == "string"
        value = str(uuid4())
        assert re.search(schema.get("pattern", ""), value)
        return value


def test_a_photo_is_sent_with_the_document_alone(app, given):
    household = given.household()
    caller = Caller(document(app), given.resident(household))

    answer = caller.call("self_checks.submit", photo=(BytesIO(photo()), "file-1"))

    assert answer.status_code == 201, answer.json
    assert answer.json["state"] == "screening"


def test_fields_and_a_file_go_in_one_form(app, given):
    household = given.household()
    caller = Caller(document(app), given.staff(Role.COLLECTOR, household.village.id))

    answer = caller.call(
        "checks.record_check",
        household_id=str(household.id),
        setting="bin",
        grade="c",
        kinds=["kitchen", "residual"],
        wrong_kinds=["kitchen"],
        photo=(BytesIO(photo()), "file-1"),
    )

    assert answer.status_code == 201, answer.json
    assert answer.json["grade"] == "c"


def test_a_command_is_sent_with_the_document_alone(app, given):
    county = given.county()
    village = given.village()
    caller = Caller(document(app), given.staff(Role.FINANCE, county))

    answer = caller.call("allotments.propose", village_id=str(village.id), amount_fen=100)

    assert answer.status_code == 201, answer.json


def test_whatever_asks_for_a_key_says_so(app):
    whole = document(app)
    asked = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if getattr(app.view_functions[rule.endpoint], "is_idempotent", False)
    }

    said = {
        operation["operationId"]
        for operations in whole["paths"].values()
        for method, operation in operations.items()
        if method in METHODS
        and {"$ref": "#/components/parameters/IdempotencyKey"} in operation.get("parameters", ())
    }

    assert asked == said
    assert len(said) > 70
