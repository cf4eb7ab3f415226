"""The stand-ins as processes: they start, say where, keep their books, and stop when told."""

import os
import random
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager

import pytest
import requests

from app.config import ROOT
from app.outside.bank import HttpBank, Payment, PaymentState
from tests.given.factories import COUNTY

SECRET = "s3cret-of-the-mini-program"
API_KEY = "k3y-of-the-bank"
PAYMENT = Payment("c" * 32, 100, "李家小卖部", "6228480000000000012", "信用社", "积分兑付", COUNTY)


def free_port():
    """Below the ports of outgoing connections, which could take it before it is listened on."""
    while True:
        port = random.randrange(10_000, 30_000)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port


def command(module, port, *options):
    return [sys.executable, "-m", module, "--port", str(port), *options]


def environment(home, **more):
    return {
        "PATH": os.environ["PATH"],
        "FEN_ENV": "development",
        "FEN_HOME": str(home),
        "WX_APPID": "wx-of-this-test",
        "WX_SECRET": SECRET,
        "BANK_API_KEY": API_KEY,
        **more,
    }


@contextmanager
def running(module, home, *options):
    """The stand-in on a free port: its process and its address."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    with subprocess.Popen(
        command(module, port, *options),
        cwd=ROOT,
        env=environment(home),
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            wait_for(url)
            yield process, url
        finally:
            process.kill()


def wait_for(url):
    for _ in range(600):
        try:
            assert requests.get(url + "/healthz", timeout=1).json() == {"status": "ok"}
            return
        except requests.ConnectionError:
            time.sleep(0.05)
    raise AssertionError(f"{url} did not come up")


def told_to_stop(process, number):
    process.send_signal(number)
    _, told = process.communicate(timeout=10)
    return process.returncode, told


@pytest.mark.parametrize(
    ("module", "what"),
    [("sandbox.bank", "POST /payments"), ("sandbox.wechat", "GET /sns/jscode2session")],
)
def test_who_opens_the_address_of_a_stand_in_is_told_what_it_is(tmp_path, module, what):
    with running(module, tmp_path) as (_, url):
        page = requests.get(url + "/", timeout=5)

    assert (page.status_code, page.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert "这是演示用的模拟" in page.text
    assert f"<code>{what}</code>" in page.text


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_stand_in_for_wechat_stops_when_told_even_while_it_holds_a_request(tmp_path, number):
    with running("sandbox.wechat", tmp_path) as (process, url):
        fault = {"path": "/sns/jscode2session", "kind": "timeout"}
        requests.post(url + "/_sandbox/faults", json=fault, timeout=5)
        with pytest.raises(requests.ReadTimeout):
            requests.get(url + f"/sns/jscode2session?secret={SECRET}", timeout=0.3)

        code, told = told_to_stop(process, number)

    assert code == 0
    assert told.splitlines()[0] == f"sandbox.wechat listens on {url}"
    assert told.splitlines()[-1] == "sandbox.wechat stopped"
    assert "POST /_sandbox/faults 200" in told
    assert SECRET not in told


def test_the_stand_in_for_wechat_knows_the_products_appid_and_secret(tmp_path):
    with running("sandbox.wechat", tmp_path) as (_, url):
        code = requests.post(
            url + "/_sandbox/login-codes", json={"openid": "demo-li"}, timeout=5
        ).json()["code"]
        answer = requests.get(
            url + "/sns/jscode2session",
            params={
                "appid": "wx-of-this-test",
                "secret": SECRET,
                "js_code": code,
                "grant_type": "authorization_code",
            },
            timeout=5,
        ).json()

    assert answer["openid"] == "demo-li"
    assert "errcode" not in answer


def test_the_stand_in_for_the_bank_keeps_its_books_when_killed(tmp_path):
    with running("sandbox.bank", tmp_path, "--settle-seconds", "0") as (process, url):
        deposit = {"amount_fen": 1000, "from_name": "分分县财政局", "purpose": "资金"}
        requests.post(url + "/_sandbox/deposits", json=deposit, timeout=5)
        assert HttpBank(url, API_KEY).submit(PAYMENT).state is PaymentState.ACCEPTED
        process.kill()

    with running("sandbox.bank", tmp_path) as (process, url):
        books = requests.get(url + "/_sandbox/payments", timeout=5).json()
        code, told = told_to_stop(process, signal.SIGTERM)

    assert books["balance_fen"] == 900
    assert [payment["payment_id"] for payment in books["payments"]] == [PAYMENT.id]
    assert (tmp_path / "sandbox" / "bank.sqlite3").exists()
    assert (code, told.splitlines()[-1]) == (0, "sandbox.bank stopped")


def finished(module, port, env):
    return subprocess.run(
        command(module, port),
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("module", ["sandbox.wechat", "sandbox.bank"])
def test_a_taken_port_is_said_to_be_taken(tmp_path, module):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        ended = finished(module, port, environment(tmp_path))

    assert ended.returncode == 1
    assert f"Port {port} on 127.0.0.1 is taken: give another with --port." in ended.stderr
    assert "Traceback" not in ended.stderr


@pytest.mark.parametrize("module", ["sandbox.wechat", "sandbox.bank"])
def test_a_stand_in_refuses_to_run_in_production(tmp_path, module):
    ended = finished(module, free_port(), environment(tmp_path, FEN_ENV="production"))

    assert ended.returncode == 1
    assert "FEN_ENV=production" in ended.stderr
    assert "Traceback" not in ended.stderr
