"""The API documentation at /docs, its assets served by us."""

from flask import Flask
from flask_swagger_ui import get_swaggerui_blueprint


def init_app(app: Flask) -> None:
    app.register_blueprint(
        get_swaggerui_blueprint(
            "/docs",
            "/openapi.json",
            config={"app_name": "Fen 分 API", "validatorUrl": None},  # nothing is fetched elsewhere
        )
    )
