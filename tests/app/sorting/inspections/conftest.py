"""Those who check, and the household that they look at."""

import pytest

from app.kernel.db import db
from app.photos.models import Photo
from app.points.awards.models import Award
from app.sorting.inspections.models import Check, CheckConflict
from tests.given.inspections import (
    booth_keeper,
    collector,
    family,
    liaison,
    liaison_family,
    village_admin,
)
from tests.given.races import together


@pytest.fixture
def rows(app):
    """How many checks, photos, awards and conflicts there are."""

    def count() -> tuple[int, int, int, int]:
        models = (Check, Photo, Award, CheckConflict)
        with app.app_context():
            return tuple(db.session.query(model).count() for model in models)

    return count
