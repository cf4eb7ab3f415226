"""The outline says what a client may rely on, in few lines."""

from operations.contract.outline import outlines


def block(app, wing: str, title: str) -> list[str]:
    found = [text for text in outlines(app)[wing].split("\n\n") if text.startswith(title)]
    assert len(found) == 1
    return found[0].strip().splitlines()[1:]


def test_an_operation_says_what_it_takes_and_how_it_answers(app):
    assert block(app, "sorting", "POST /api/v1/self-checks/{self_check_id}/appeal") == [
        "  Ask for another look at a rejected photo, once; somebody else judges it.",
        "  header Idempotency-Key: string /^[!-~]{8,100}$/",
        "  body AppealIn",
        "  201 AppealOut",
        "  404 self_check.not_found",
        "  409 appeal.judged_by_three, appeal.made_already, appeal.nothing_to_appeal, "
        "appeal.too_late",
    ]
    assert "  query limit?: integer 1..100 = 20" in block(app, "sorting", "GET /api/v1/appeals")


def test_every_code_has_its_status_and_its_sentence(app):
    assert "redemption.code_expired 409 " in outlines(app)["codes"]


def test_a_schema_says_its_fields_one_a_line(app):
    assert block(app, "sorting", "AppealIn\n") == ["  sentence: string 2..200"]
    assert "  state: waiting | stands | overturned" in block(app, "sorting", "AppealOut\n")


def test_each_outline_has_all_the_schemas_that_its_operations_name(app):
    for outline in outlines(app).values():
        assert "ErrorOut" not in outline
    assert block(app, "sorting", "VisitNoteOut\n") != []
