"""The files for production fit the processes that they speak of."""

import re

from app.config import ROOT
from operations.serving import IDLE_SECONDS, MEGABYTE, REQUEST_BYTES_MAX

NGINX = (ROOT / "deploy" / "nginx.conf").read_text()
OPERATIONS = (ROOT / "docs" / "operations.md").read_text()


def seconds(directive: str) -> list[int]:
    return [int(told) for told in re.findall(rf"\b{directive} (\d+)s;", NGINX)]


def test_nginx_never_asks_on_a_connection_that_the_web_processes_just_let_go():
    assert max(seconds("keepalive_timeout")) < IDLE_SECONDS


def test_nginx_takes_what_the_application_refuses_in_words():
    [megabytes] = re.findall(r"client_max_body_size (\d+)m;", NGINX)

    assert int(megabytes) * MEGABYTE == REQUEST_BYTES_MAX


def test_nginx_buffers_both_ways_and_waits_for_nobody():
    assert {"proxy_request_buffering on;", "proxy_buffering on;"} <= {
        line.strip() for line in NGINX.splitlines()
    }
    for directive in ("client_header_timeout", "client_body_timeout", "send_timeout"):
        assert seconds(directive)[0] <= 30


def test_the_times_that_are_documented_are_those_that_count():
    assert f"| between two requests | {IDLE_SECONDS} s |" in OPERATIONS
