"""What no column and no log could hold is refused where it comes in, and not as our fault."""

import pytest

from app.web.edge import ODD


@pytest.fixture
def client(app):
    return app.test_client()


def log_in(client, content: bytes):
    return client.post("/api/v1/session", data=content, content_type="application/json")


@pytest.mark.parametrize("code", ["\\ud83d", "a\\u0000b", "\\udc00x"])
def test_a_login_code_that_cannot_be_kept_is_refused_for_good(client, code):
    """It was answered 503 once, and the phone tried for ever."""
    answer = log_in(client, f'{{"code": "{code}"}}'.encode())

    assert (answer.status_code, answer.json["code"]) == (422, "invalid_request")
    assert answer.json["details"] == {"json": {"code": [ODD]}}


@pytest.mark.parametrize(
    "content",
    [
        b'{"a":' + b"[" * 200_000 + b"]" * 200_000 + b"}",
        b'{"a": NaN}',
        b'{"a": "\xff\xfe"}',
        '{"a": 1}'.encode("utf-16"),
    ],
)
def test_a_body_that_is_no_json_is_refused(client, content):
    answer = log_in(client, content)

    assert (answer.status_code, answer.json["code"]) == (400, "http_400")


@pytest.mark.parametrize("path", ["/healthz%00", "/healthz?a=%00", "/healthz?%00=a"])
def test_an_address_with_nul_is_refused(client, path):
    assert client.get(path).status_code == 400


def test_an_address_of_no_characters_at_all_is_refused(client):
    answer = client.get("/healthz", environ_overrides={"QUERY_STRING": "a=\xff"})

    assert answer.status_code == 400


class BrokenOff:
    """What a server hands on when the chunks of a body are no chunks."""

    def read(self, *_):
        raise ValueError("Invalid chunk size: b'zz'")


def test_a_body_in_chunks_that_are_none_is_the_senders_fault(client, caplog):
    answer = client.post(
        "/api/v1/session",
        content_type="application/json",
        environ_overrides={"wsgi.input": BrokenOff(), "wsgi.input_terminated": True},
    )

    assert (answer.status_code, answer.json["code"]) == (400, "http_400")
    assert [record for record in caplog.records if record.levelname == "ERROR"] == []


def test_an_expected_refusal_writes_no_traceback(client, caplog):
    log_in(client, b'{"code": "\\ud83d"}')

    assert [record for record in caplog.records if record.levelname != "INFO"] == []
