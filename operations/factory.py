"""Builds the application: the one place that knows the surfaces and finds the domains."""

from typing import Any

from flask import Flask
from flask_migrate import Migrate
from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry

import miniprogram_api
from app import embedded, outside
from app.config import ROOT, Settings, read_settings
from app.kernel import jobs, logs, secrets, signing
from app.kernel.db import db, keep_prepared, refuse_dead_connections
from app.web import auth, docs, edge, query, requests
from app.web.api import Api
from operations import browser, domains, health

# A lock that is not granted soon is refused, so that one stuck request cannot stop the county.
DATABASE_OPTIONS = (
    "-c lock_timeout=5s -c statement_timeout=30s -c idle_in_transaction_session_timeout=30s"
)


def create_app(settings: Settings | None = None, **overrides: Any) -> Flask:
    """Build the application for the given settings, or for those of the environment."""
    settings = embedded.with_addresses(settings or read_settings())
    app = Flask("fen", root_path=str(ROOT / "operations"))
    app.config.from_mapping(
        SETTINGS=settings,
        SECRET_KEY=settings.secret_key,
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS={
            "hide_parameters": True,  # they are personal data, and errors are logged
            "connect_args": {"options": DATABASE_OPTIONS, "connect_timeout": 5},
        },
        API_TITLE="Fen 分",
        API_VERSION="v1",
        OPENAPI_VERSION="3.1.0",
        OPENAPI_URL_PREFIX="/",
        API_SPEC_OPTIONS={
            "components": {"securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}},
            "security": [{"token": []}],
        },
        MAX_CONTENT_LENGTH=12 * 1024 * 1024,
    )
    app.config.from_mapping(overrides)
    app.json.ensure_ascii = False  # type: ignore[attr-defined]  # Chinese is read by people
    logs.configure(settings.log_level, readable=settings.environment == "development")
    db.init_app(app)
    with app.app_context():
        refuse_dead_connections(db.engine)
        keep_prepared(db.engine)
    Migrate(app, db, directory=str(ROOT / "migrations"))
    vault = secrets.Vault(
        field_keys=settings.field_keys,
        index_key=settings.index_key,
        digest_key=settings.secret_key,
    )
    secrets.init_app(app, vault)
    signing.init_app(
        app,
        signing.Signer(seed=settings.seal_key, old_public_keys=settings.old_seal_public_keys),
    )
    redis = _redis(settings.redis_url)
    jobs.init_app(app, redis)
    outside.init_app(app, settings, redis)
    requests.init_app(app)
    edge.init_app(app)
    auth.init_app(app)
    query.init_app(app)
    app.register_blueprint(health.bp)
    app.register_blueprint(browser.bp)
    miniprogram_api.register_resources(Api(app))
    docs.init_app(app)
    domains.load()
    for command in domains.commands():
        app.cli.add_command(command)
    return app


def _redis(url: str) -> Redis:
    """One fresh connection is tried when an old one broke; a request waits no longer than that."""
    once_more = Retry(NoBackoff(), 1)
    return Redis.from_url(url, socket_timeout=5, socket_connect_timeout=2, retry=once_more)
