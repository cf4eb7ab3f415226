"""Rules about what clients are promised."""

from openapi_spec_validator import OpenAPIV31SpecValidator

from app.config import ROOT
from operations.contract.outline import document, outlines


def test_the_document_is_valid_openapi(app):
    errors = OpenAPIV31SpecValidator(document(app)).iter_errors()

    assert [f"{list(error.path)}: {error.message}" for error in errors] == []


def test_the_outline_of_the_contract_is_up_to_date(app):
    """``make openapi`` writes it."""
    committed = {
        file.stem: file.read_text(encoding="utf-8") for file in (ROOT / "openapi").glob("*.txt")
    }

    assert committed == outlines(app), "run `make openapi`, and read what it changes"
