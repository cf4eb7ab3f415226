"""What a county chooses is checked, kept in versions, and read as its domain wrote it."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Barrier

import pytest
from sqlalchemy import select, text

from app.agreements.trace.words import ACTIONS
from app.kernel.audit.models import AuditEvent
from app.kernel.db import db, transaction
from app.register.regions.county_settings import InForce, Settings, Strict, whole, whole_or_none
from app.register.regions.errors import CountyNotFound, SettingOutOfBounds
from app.register.regions.models import County, CountySettings
from tests.given.factories import COUNTY


@dataclass(frozen=True)
class Bell:
    rings: int = whole(3, "响几声", "声", least=1, most=10, strict=Strict.HIGHER)
    quiet_minutes: int | None = whole_or_none(60, "安静多久", "分钟", least=1, most=600)


BELL = Settings("bell", Bell(), "打铃的规定")


@pytest.fixture(autouse=True)
def in_words(monkeypatch):
    monkeypatch.setitem(ACTIONS, "bell.set_settings", "改打铃的规定")


@pytest.fixture
def chosen(app, given, noon):
    """Choose settings, for the county of the test or another."""
    given.county()

    def change(county_id=COUNTY, **values):
        with app.app_context(), transaction():
            return BELL.change(county_id=county_id, actor_id=None, at=noon(), **values)

    return change


def in_force(app) -> InForce[Bell]:
    with app.app_context():
        return BELL.in_force(COUNTY)


def test_a_county_that_chose_nothing_has_the_defaults(app, chosen):
    assert in_force(app) == InForce(None, Bell(3, 60))


def test_the_newest_version_is_in_force_and_the_older_stay(app, chosen):
    assert chosen(rings=4) == Bell(4, 60)
    assert chosen(quiet_minutes=None) == Bell(4, None)

    assert in_force(app) == InForce(2, Bell(4, None))
    with app.app_context():
        kept = db.session.scalars(select(CountySettings).order_by(CountySettings.version)).all()
    assert [(row.version, row.content, row.set_by) for row in kept] == [
        (1, {"rings": 4, "quiet_minutes": 60}, None),
        (2, {"rings": 4, "quiet_minutes": None}, None),
    ]


def test_the_trace_says_what_was_changed(app, chosen, noon):
    chosen(rings=4)

    with app.app_context():
        (event,) = db.session.scalars(
            select(AuditEvent).where(AuditEvent.action == "bell.set_settings")
        )
    assert (event.subject_kind, event.subject_id, event.at) == ("county", str(COUNTY), noon())
    assert event.details == {
        "version": 1,
        "content": {"rings": 4, "quiet_minutes": 60},
        "before": {"rings": 3},
        "after": {"rings": 4},
    }


@pytest.mark.parametrize(
    "wrong",
    [{"rings": 0}, {"rings": 11}, {"rings": None}, {"quiet_minutes": 0}, {"quiet_minutes": 601}],
)
def test_what_is_out_of_bounds_changes_nothing(app, chosen, wrong):
    chosen(rings=10, quiet_minutes=1)

    with pytest.raises(SettingOutOfBounds) as refusal:
        chosen(**wrong)

    assert refusal.value.details["setting"] == next(iter(wrong))
    bounds = {
        "rings": "“响几声”要在 1 声到 10 声之间",
        "quiet_minutes": "“安静多久”要在 1 分钟到 600 分钟之间",
    }
    assert refusal.value.sentence() == f"{bounds[next(iter(wrong))]}，请改一改"
    assert in_force(app) == InForce(1, Bell(10, 1))


def test_a_county_that_is_not_there_chooses_nothing(app, chosen):
    with pytest.raises(CountyNotFound):
        chosen(990199, rings=4)

    with app.app_context():
        assert db.session.query(CountySettings).count() == 0


def test_a_query_over_counties_reads_the_number_of_each(app, given, chosen):
    given.county(990102)
    chosen(rings=4)
    chosen(rings=5)

    with app.app_context():
        found = db.session.execute(
            select(County.id, BELL.number("rings", County.id)).order_by(County.id)
        )
        assert [tuple(row) for row in found] == [(COUNTY, 5), (990102, 3)]


def test_keys_of_another_release_are_left_out(app, chosen):
    chosen(rings=4)
    with app.app_context(), transaction():
        row = db.session.scalars(select(CountySettings)).one()
        row_of_tomorrow = CountySettings(
            county_id=COUNTY,
            name="bell",
            version=2,
            content={"rings": 5, "melody": 7},
            set_at=row.set_at,
        )
        db.session.add(row_of_tomorrow)

    assert in_force(app) == InForce(2, Bell(5, 60))


@pytest.mark.parametrize(
    ("stored", "counts"),
    [
        ({"rings": 0}, Bell(1, 60)),
        ({"rings": 99}, Bell(10, 60)),
        ({"quiet_minutes": 0}, Bell(3, 1)),
    ],
)
def test_what_stands_beyond_the_bounds_counts_as_the_nearest_within(
    app, given, noon, stored, counts
):
    given.county()
    with app.app_context(), transaction():
        past_the_product = CountySettings(
            county_id=COUNTY, name="bell", version=1, content=stored, set_at=noon()
        )
        db.session.add(past_the_product)

    assert in_force(app) == InForce(1, counts)
    with app.app_context():
        number = select(BELL.number("rings", County.id)).where(County.id == COUNTY)
        assert db.session.scalar(number) == counts.rings


@pytest.mark.parametrize(
    ("before", "after", "is_stricter"),
    [
        (Bell(3, 60), Bell(4, 60), True),
        (Bell(3, 60), Bell(2, 60), False),
        (Bell(3, 60), Bell(4, 59), True),
        (Bell(3, 60), Bell(4, 61), False),
        (Bell(3, None), Bell(3, 600), True),
        (Bell(3, 600), Bell(3, None), False),
    ],
)
def test_settings_are_stricter_when_nothing_of_them_is_looser(before, after, is_stricter):
    assert BELL.is_stricter(before, after) is is_stricter


def test_the_application_cannot_change_what_was_set(app, chosen):
    chosen(rings=4)

    for statement in ("UPDATE county_settings SET version = 9", "DELETE FROM county_settings"):
        with app.app_context(), pytest.raises(Exception, match="permission denied"):
            db.session.execute(text(statement))


@pytest.mark.race("app.register.regions.queries.lock_county")
def test_two_who_set_at_once_do_not_undo_one_another(app, committed, given, noon):
    given.county()
    begin = Barrier(2)

    def change(**values):
        with app.app_context(), transaction():
            begin.wait()
            BELL.change(county_id=COUNTY, actor_id=None, at=noon(), **values)

    with ThreadPoolExecutor(2) as pool:
        for each in [pool.submit(change, rings=5), pool.submit(change, quiet_minutes=7)]:
            each.result()

    assert in_force(app) == InForce(2, Bell(5, 7))
