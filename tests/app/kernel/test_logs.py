"""No secret and no personal data in a log."""

import json
import logging

import pytest
import structlog

from app.kernel import logs


@pytest.mark.parametrize(
    ("text", "scrubbed"),
    [
        ("GET /sns/jscode2session?appid=wx1&secret=abc&js_code=0a1", "secret=[hidden]"),
        ("url?access_token=77_xyz failed", "access_token=[hidden] failed"),
        ("postgresql://fen:hunter2@db/fen", "://fen:[hidden]@db"),
        ("member 990101195001010016 moved", "member [id number] moved"),
        ("member 99010119500101001X moved", "member [id number] moved"),
        ("call 19900001234 now", "call [phone] now"),
    ],
)
def test_secrets_and_numbers_of_people_are_taken_out(text, scrubbed):
    clean = logs.scrubbed(text)

    assert scrubbed in clean
    for secret in ("abc", "0a1", "77_xyz", "hunter2", "19500101", "19900001234"):
        assert secret not in clean


def test_an_amount_or_an_id_stays_readable():
    text = "posted 120000 fen as 01a203fe-528e-7bbc-b024-43706e4766c4"

    assert logs.scrubbed(text) == text


@pytest.fixture
def lines(capsys):
    root = logging.getLogger()
    before = (root.handlers[:], root.level)
    logs.configure("INFO", readable=False)
    yield lambda: [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    root.handlers[:], root.level = before


def test_a_line_is_one_json_object_with_the_request_id(lines):
    structlog.contextvars.bind_contextvars(request_id="r-1")

    structlog.get_logger("fen").info("paid", points=30)

    structlog.contextvars.clear_contextvars()
    (line,) = lines()
    assert (line["event"], line["points"], line["request_id"]) == ("paid", 30, "r-1")
    assert line["level"] == "info"
    assert line["timestamp"].endswith("Z")


def test_a_traceback_of_a_library_is_scrubbed_too(lines):
    try:
        raise RuntimeError("GET https://x/?secret=hush failed")
    except RuntimeError:
        logging.getLogger("library").exception("call failed")

    (line,) = lines()
    assert "secret=[hidden]" in line["exception"]
    assert "hush" not in json.dumps(line)


def test_the_id_of_a_request_is_kept_whole_whatever_its_digits_look_like(lines):
    structlog.contextvars.bind_contextvars(request_id="1c0a199123456789ae50c885f9")

    structlog.get_logger("app").info("paid")

    structlog.contextvars.clear_contextvars()
    (line,) = lines()
    assert line["request_id"] == "1c0a199123456789ae50c885f9"
