"""Rules about text: digits are ASCII, a pattern matches the whole, requests spell what they get."""

import ast
from collections.abc import Iterator

from flask_smorest.fields import Upload
from marshmallow import fields, validate

from app.web.fields import ClosingTime, Date, Instant, Integer, Spelled, Token, Whole
from app.web.multipart import Several
from app.web.paging import PlaceField
from miniprogram_api.sorting.rates_bodies import Month
from tests.architecture.sources import modules
from tests.given.routes import request_fields

FOLDERS = ("app", "mall", "overviews", "miniprogram_api", "operations", "sandbox")
OF_THE_EDGE = (Spelled, Token, Integer, ClosingTime, Date, Instant, Month, PlaceField)
# What these take is a choice, an exact form or bounded by a range that they must have.
OF_LIBRARIES = {
    fields.Boolean,
    fields.Decimal,
    fields.Dict,
    fields.Enum,
    fields.Float,
    fields.List,
    fields.Nested,
    fields.Time,
    fields.UUID,
    Several,
    Upload,
}


def test_only_one_place_decides_what_digits_are():
    """``str.isdigit`` and its kin take the digits of all scripts, which machines do not."""
    found = [
        f"{path}:{node.lineno}"
        for path, tree in modules(*FOLDERS).items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and node.attr in {"isdigit", "isdecimal", "isnumeric"}
        and str(path) != "app/kernel/texts.py"
    ]

    assert found == [], "ask app.kernel.texts.are_digits"


def test_patterns_mean_ascii_digits_and_the_whole_text():
    r"""``\d`` takes the digits of all scripts, and ``$`` lets a line break follow."""
    found = [
        f"{where}: {pattern}"
        for where, pattern, is_ascii in _patterns()
        if ("\\d" in pattern and not is_ascii) or pattern.endswith("$")
    ]

    assert found == [], "write [0-9] or re.ASCII; use fullmatch, and Whole in a schema"


def test_a_pattern_of_a_request_is_held_to_the_whole_text(app):
    loose = [
        name
        for name, field in request_fields(app)
        for check in field.validators
        if isinstance(check, validate.Regexp) and not isinstance(check, Whole)
    ]

    assert loose == []


def test_what_people_write_in_a_request_comes_in_through_a_field_that_spells_it(app):
    wrong = {
        name: type(field).__name__
        for name, field in request_fields(app)
        if not isinstance(field, OF_THE_EDGE) and type(field) not in OF_LIBRARIES
    }

    assert wrong == {}, "use the fields of app.web.fields"


def test_every_number_of_a_request_has_bounds(app):
    unbounded = [
        name
        for name, field in request_fields(app)
        if isinstance(field, fields.Float | fields.Decimal)
        and not any(
            isinstance(check, validate.Range) and None not in (check.min, check.max)
            for check in field.validators
        )
    ]

    assert unbounded == []


def _patterns() -> Iterator[tuple[str, str, bool]]:
    """Each pattern of ``re``: where, its text as far as it is written there, and if in ASCII."""
    for path, tree in modules(*FOLDERS).items():
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call) or not ast.unparse(node.func).startswith("re."):
                continue
            if not node.args or ast.unparse(node.func) == "re.escape":
                continue
            text = _text(node.args[0])
            is_ascii = "re.ASCII" in ast.unparse(node) or text is None
            yield f"{path}:{node.lineno}", text or "", is_ascii


def _text(node: ast.expr) -> str | None:
    """The constant parts of a pattern; None for bytes, which are ASCII anyway."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else None
    if isinstance(node, ast.JoinedStr):
        parts = node.values
        return "".join(str(part.value) for part in parts if isinstance(part, ast.Constant))
    return ""
