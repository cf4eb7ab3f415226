"""One system of coordinates: cases E9 and E11 of the journey of the waste."""

from importlib.util import module_from_spec, spec_from_file_location

import pytest
from sqlalchemy import text

from app.config import ROOT
from app.kernel.db import db
from app.kernel.geo import from_wgs84, metres_between, micro, to_wgs84

MIGRATION = ROOT / "migrations" / "versions" / "0052_places_of_photos.py"


def test_e11_the_published_vector_is_met_to_the_last_digit():
    assert from_wgs84(39.915, 116.404) == (39.91640428150164, 116.41024449916938)


def test_e9_a_trackers_place_is_kept_in_millionths_of_gcj02():
    assert [micro(degrees) for degrees in from_wgs84(36.789316, 116.751316)] == [
        36_789_653,
        116_757_034,
    ]


def test_e11_the_way_back_is_found_to_the_millionth():
    kept = [micro(degrees) for degrees in from_wgs84(30.7476, 120.7831)]

    back = to_wgs84(*(degrees / 1_000_000 for degrees in kept))

    assert [micro(degrees) for degrees in back] == [30_747_600, 120_783_100]


def test_beyond_the_mainland_nothing_is_shifted():
    assert from_wgs84(48.8584, 2.2945) == (48.8584, 2.2945)


def test_c15_two_places_lie_so_far_apart():
    assert metres_between((30_747_600, 120_783_100), (30_847_600, 120_803_100)) == 11_282


@pytest.mark.parametrize("place", [(30.747, 120.751), (18.25, 109.5), (52.9, 122.5), (48.9, 2.3)])
def test_the_migration_shifts_photos_as_new_ones_are(app, place):
    spec = spec_from_file_location("migration", MIGRATION)
    assert spec is not None
    assert spec.loader is not None
    migration = module_from_spec(spec)
    spec.loader.exec_module(migration)
    with app.app_context():
        db.session.execute(text(migration.SHIFT))
        asked = text("SELECT north, east FROM pg_temp.gcj02_shift(:lat, :lon)")
        north, east = db.session.execute(asked, dict(zip(("lat", "lon"), place, strict=True))).one()

    assert (place[0] + north, place[1] + east) == pytest.approx(from_wgs84(*place), abs=1e-9)
