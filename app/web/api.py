"""The OpenAPI extension, with the one error envelope of the whole service."""

from functools import cached_property
from json import loads
from typing import Any

import structlog
from flask import Flask, Response, g, make_response
from flask_smorest import Api as SmorestApi
from flask_smorest import Blueprint
from marshmallow import Schema, fields
from sqlalchemy.exc import DataError, DBAPIError, OperationalError
from werkzeug.exceptions import HTTPException

from app.kernel.errors import DomainError, Unavailable
from app.web import traces
from app.web.contract import Marks, true_to_json, with_codes

log = structlog.get_logger(__name__)

# What a person reads when the refusal comes from below our own code.
SENTENCES = {
    400: "请求有误，请检查后重试",
    401: "请先登录",
    403: "您没有权限做这件事；如果应当由您来做，请联系上一级管理员",
    404: "没有找到",
    405: "不支持这种操作",
    409: "数据刚刚被别人改动，请刷新后重试",
    413: "文件太大，请压缩后再上传",
    415: "不支持这种格式",
    422: "填写的内容有误，请检查后重试",
    429: "操作太频繁，请稍等一分钟再试",
    500: "系统出了点问题，已记录下来，请稍后再试",
    503: "服务暂时不可用，请稍后再试",
}


# A wing's URL map: what each of its resources answers under, below /api/v1.
Resources = tuple[tuple[str, Blueprint], ...]


class ErrorOut(Schema):
    """Every response with a status of 400 or more."""

    code = fields.String(required=True, metadata={"description": "Stable, for programs"})
    message = fields.String(required=True, metadata={"description": "For people, in Chinese"})
    details = fields.Dict(keys=fields.String(), required=True)
    request_id = fields.String(required=True, metadata={"description": "Name it when you ask us"})


class Api(SmorestApi):
    ERROR_SCHEMA = ErrorOut

    def init_app(self, app: Flask, *, spec_kwargs: dict[str, Any] | None = None) -> None:
        super().init_app(app, spec_kwargs={"extra_plugins": [Marks(app)], **(spec_kwargs or {})})
        self.ma_plugin.converter.add_attribute_function(true_to_json)

    @cached_property
    def document(self) -> dict[str, Any]:
        """The OpenAPI document; worked out when somebody asks for it, which takes seconds."""
        made: dict[str, Any] = loads(self._app.json.dumps(self.spec.to_dict()))
        with_codes(made, self._app, SENTENCES)
        return made

    def _openapi_json(self) -> Response:
        response: Response = self._app.json.response(self.document)
        return response

    def _register_error_handlers(self) -> None:
        register_error_handlers(self._app)


def register_error_handlers(app: Flask) -> None:
    """Every failure leaves in the envelope, whichever layer it comes from."""
    app.register_error_handler(DomainError, _refused)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(DBAPIError, _database_error)
    app.register_error_handler(Exception, _bug)


def refusal(error: DomainError) -> Response:
    """The answer of a refusal that a view returns, because what it changed shall be committed."""
    traces.write(error)
    return make_response(_domain_error(error))


def _refused(error: DomainError) -> Any:
    traces.keep(error)
    return _domain_error(error)


def _domain_error(error: DomainError) -> Any:
    return _envelope(error.code, error.sentence(), error.details), error.status


def _http_error(error: HTTPException) -> Any:
    status = error.code or 500
    data = getattr(error, "data", None) or {}
    name = "invalid_request" if status == 422 else f"http_{status}"
    message = SENTENCES.get(status, SENTENCES[500])
    kept = {"Allow", "Retry-After"}
    headers = {name: value for name, value in error.get_headers() if name in kept}
    details = (data.get("messages") or {}) if status == 422 else {}  # the rest is in English
    return _envelope(name, message, details), status, headers


def _database_error(error: DBAPIError) -> Any:
    """A database that is away is a passing fault, a value too large the caller's; else our bug."""
    if isinstance(error, OperationalError) or error.connection_invalidated:
        log.error("database.away", error=type(error.orig).__name__)
        return _domain_error(Unavailable())
    if isinstance(error, DataError):
        # The last net below the schemas: a value that no column holds. Each one found here is a
        # bound that a schema forgot.
        log.warning("request.not_keepable", error=type(error.orig).__name__)
        return _envelope("invalid_request", SENTENCES[422], {}), 422
    return _bug(error)


def _bug(error: Exception) -> Any:
    log.error("request.failed", error=type(error).__name__, exc_info=error)
    return _envelope("internal", SENTENCES[500], {}), 500


def _envelope(code: str, message: str, details: Any) -> dict[str, Any]:
    return {
        "code": code,
        "message": message,
        "details": details,
        "request_id": g.get("request_id", ""),
    }
