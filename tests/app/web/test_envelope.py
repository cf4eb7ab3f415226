"""Every answer has a request id, every failure the one envelope in Chinese."""

import re
from dataclasses import replace

import pytest
from sqlalchemy.exc import OperationalError

from tests.given.away import no_valkey


@pytest.fixture
def client(app):
    return app.test_client()


def test_a_given_request_id_is_kept_and_another_is_made_up(client):
    given = client.get("/healthz", headers={"X-Request-Id": "trace-0001"})
    made_up = client.get("/healthz", headers={"X-Request-Id": "<script>"})

    assert given.headers["X-Request-Id"] == "trace-0001"
    assert len(made_up.headers["X-Request-Id"]) == 32


def test_an_unknown_address_is_told_in_the_envelope(client):
    response = client.get("/api/v1/nowhere", headers={"X-Request-Id": "trace-0001"})

    assert response.status_code == 404
    assert response.json == {
        "code": "http_404",
        "message": "没有找到",
        "details": {},
        "request_id": "trace-0001",
    }


def test_a_wrong_method_is_told_in_the_envelope(client):
    response = client.delete("/healthz", headers={"X-Request-Id": "trace-0001"})

    assert (response.status_code, response.json["code"]) == (405, "http_405")
    assert set(response.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS"}


def test_a_stranger_is_told_to_log_in_before_the_body_is_read(client):
    response = client.post("/api/v1/bindings/code", data="{not json")

    assert (response.status_code, response.json["message"]) == (401, "请先登录")


def test_a_body_over_the_limit_is_refused(client):
    response = client.post("/api/v1/session", data=b"x" * (13 << 20))

    assert response.status_code in {413, 415, 422}


def test_a_malformed_body_names_its_fields(client):
    response = client.post("/api/v1/session", json={"kode": "1"})

    assert response.status_code == 422
    assert response.json["code"] == "invalid_request"
    assert set(response.json["details"]["json"]) == {"code", "kode"}


@pytest.fixture
def faulty(another_app):
    """An application with a route that breaks in a chosen way."""
    app = another_app(PROPAGATE_EXCEPTIONS=False)
    faults = {
        "bug": RuntimeError("secret=hush of 19900001234"),
        "database": OperationalError("SELECT :phone", {"phone": "19900001234"}, Exception("gone")),
    }

    @app.get("/faulty/<kind>")
    def faulty(kind):
        raise faults[kind]

    return app.test_client()


def test_a_bug_answers_500_and_tells_nothing_of_itself(faulty, capsys):
    response = faulty.get("/faulty/bug")

    assert (response.status_code, response.json["code"]) == (500, "internal")
    assert response.json["message"] == "系统出了点问题，已记录下来，请稍后再试"
    logged = capsys.readouterr().err
    assert response.json["request_id"] in logged
    assert "RuntimeError" in logged
    assert "hush" not in logged
    assert "19900001234" not in logged


def test_a_database_that_is_away_answers_503_and_may_be_tried_again(faulty, capsys):
    response = faulty.get("/faulty/database")

    assert (response.status_code, response.json["code"]) == (503, "unavailable")
    assert response.json["message"] == "服务暂时不可用，请稍后再试"
    assert "19900001234" not in capsys.readouterr().err


def test_who_opens_the_printed_address_is_told_what_there_is(client):
    page = client.get("/")

    assert (page.status_code, page.mimetype) == (200, "text/html")
    links = re.findall(r'href="([^"]*)"', page.get_data(as_text=True))
    assert links == ["/m/", "/docs/", "/openapi.json", "/healthz", "/readyz"]
    assert [client.get(link).status_code for link in links[1:]] == [200, 200, 200, 200]


def test_the_start_page_says_who_can_sign_in_where_a_demo_county_is(app, client):
    told = app.config["SETTINGS"].home_path / "sandbox" / "people.txt"
    told.parent.mkdir(exist_ok=True)
    told.write_text("demo-1  居民 <沈翠竹>")

    with_people = client.get("/").get_data(as_text=True)
    told.unlink()
    without = client.get("/").get_data(as_text=True)

    assert "<pre>demo-1  居民 &lt;沈翠竹&gt;</pre>" in with_people
    assert "<pre>" not in without


def test_ready_means_both_servers_answer(client):
    response = client.get("/readyz")

    assert response.status_code == 200
    assert response.json == {
        "status": "ok",
        "checks": {"postgresql": "ok", "valkey": "ok"},
    }


def test_readyz_names_the_server_that_is_missing(app, client, monkeypatch):
    monkeypatch.setitem(app.extensions, "redis", no_valkey())

    response = client.get("/readyz")

    assert response.status_code == 503
    assert response.json["checks"]["postgresql"] == "ok"
    assert response.json["checks"]["valkey"].startswith("Valkey does not answer: check REDIS_URL")


@pytest.fixture
def valkey(app):
    """The session's Valkey, whose settings a test may change."""
    server = app.extensions["redis"]
    names = ("maxmemory", "min-replicas-to-write")
    before = {name: server.config_get(name)[name] for name in names}
    yield server
    server.execute_command("REPLICAOF", "NO", "ONE")
    for name, value in before.items():
        server.config_set(name, value)


@pytest.mark.parametrize(
    ("command", "told"),
    [
        (("CONFIG", "SET", "maxmemory", "1"), "its memory is full, see its maxmemory"),
        (("REPLICAOF", "127.0.0.1", "9"), "it is a replica, check REDIS_URL"),
        (("CONFIG", "SET", "min-replicas-to-write", "1"), "its log says why; is its disk full?"),
    ],
    ids=["full", "replica", "other"],
)
def test_readyz_sees_a_valkey_that_answers_and_takes_nothing(client, valkey, command, told):
    valkey.execute_command(*command)

    response = client.get("/readyz")

    assert response.status_code == 503
    assert response.json["checks"] == {
        "postgresql": "ok",
        "valkey": f"Valkey takes no writes: {told}",
    }


def test_readyz_names_a_database_that_is_missing(another_app, settings, committed):
    away = replace(settings, database_url="postgresql+psycopg://fen_app@/fen?host=/nonexistent")
    response = another_app(away).test_client().get("/readyz")

    assert response.status_code == 503
    assert response.json["checks"]["postgresql"].startswith("PostgreSQL does not answer")
    assert response.json["checks"]["valkey"] == "ok"


def test_the_figures_count_requests_by_endpoint_and_status(client):
    client.get("/api/v1/nowhere")

    figures = client.get("/metrics").get_data(as_text=True)

    assert 'fen_requests_total{endpoint="unknown",method="GET",status="404"}' in figures


def test_the_documentation_and_its_assets_are_served_by_us(client):
    page = client.get("/docs/")

    assert page.status_code == 200
    sources = re.findall(r'(?:src|href)="([^"]*)"', page.get_data(as_text=True))
    assert len(sources) == 6
    assert all(source.startswith("/docs/") for source in sources)
    with client.get("/docs/swagger-ui-bundle.js") as asset:
        assert asset.status_code == 200
    assert client.get("/openapi.json").json["openapi"] == "3.1.0"


def test_the_log_of_a_request_names_its_route_and_no_query(client, capsys):
    client.get("/openapi.json?token=hush")

    logged = capsys.readouterr().err
    assert "/openapi.json" in logged
    assert "hush" not in logged


def test_a_request_may_not_name_itself_after_a_phone_number(client):
    answer = client.get("/api/v1/regions/counties", headers={"X-Request-Id": "19900001234"})

    assert re.fullmatch("[0-9a-f]{32}", answer.headers["X-Request-Id"])
