"""How many rows there are."""

from sqlalchemy import func, select

from app.kernel.db import db


def count(app, model) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(model))
