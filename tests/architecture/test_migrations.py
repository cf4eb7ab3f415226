"""Rules about the migrations."""

from uuid import uuid4

import flask_migrate
import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, select, text

from app.config import ROOT
from app.kernel.db import db
from app.photos.settings import PhotoSettings
from app.register.households.models import Binding, Member
from app.register.identity.models import User
from app.register.people.models import Person
from app.sorting.inspections.settings import VisitSettings
from app.sorting.rates.arithmetic import Bounds
from app.sorting.rounds.settings import RoundSettings
from app.sorting.self_checks.settings import ReviewSettings
from mall.cards.settings import SETTINGS, CardSettings
from mall.orders.settings import OrderSettings
from mall.redemption.settings import CounterSettings
from mall.settlement.settings import CashOutSettings
from operations import domains
from tests.given.times import NOON

MIGRATIONS = ROOT / "migrations"
HEADS = select(Member).where(Member.is_head)
BOUND = select(Binding.user_id)


def test_there_is_one_head_and_it_is_written_down():
    heads = ScriptDirectory(str(MIGRATIONS)).get_heads()

    assert heads == [(MIGRATIONS / ".head").read_text().strip()]


def test_they_run_in_the_order_of_their_numbers():
    numbers = [path.name[:4] for path in sorted((MIGRATIONS / "versions").glob("0*.py"))]
    script = ScriptDirectory(str(MIGRATIONS))

    assert [each.revision for each in script.walk_revisions()] == numbers[::-1]


def test_the_tables_are_those_of_the_models(app, committed):
    with app.app_context():
        flask_migrate.check()


@pytest.fixture
def empty_again(app, committed):
    yield
    with app.app_context():
        flask_migrate.upgrade()


def test_every_migration_can_be_undone(app, empty_again):
    with app.app_context():
        flask_migrate.downgrade(revision="base")

    engine = create_engine(app.config["SETTINGS"].database_owner_url)
    with engine.connect() as connection:
        left = connection.scalars(
            text("SELECT tablename FROM pg_tables WHERE schemaname IN ('public', 'ledger')")
        ).all()
    engine.dispose()
    assert left == ["alembic_version"]


def test_what_counties_had_set_is_in_force_after_the_upgrade(app, empty_again):
    with app.app_context():
        flask_migrate.downgrade(revision="0022")
    engine = create_engine(app.config["SETTINGS"].database_owner_url)
    with engine.begin() as connection:
        connection.execute(
            text("""
                INSERT INTO counties (id, name, created_at, auto_release_limit_fen,
                                      household_day_points, order_pick_up_days, visit_due_days)
                VALUES (990101, '示范县', now(), 20000, 300, 9, 14);
                INSERT INTO card_settings VALUES (990101, 300, 400);
                INSERT INTO band_bounds VALUES (990101, 9500, 8000, 5000, NULL, now());
                INSERT INTO round_settings VALUES (990101, 1, '{"pass_from": 60}', NULL, now()),
                                                  (990101, 2, '{"pass_from": 80}', NULL, now());
            """)
        )

    with app.app_context():
        flask_migrate.upgrade()
        chosen = {name: settings.of(990101) for name, settings in domains.settings().items()}

    assert chosen["settlement"] == CashOutSettings(20_000, None)
    assert chosen["redemption"] == CounterSettings(
        confirm_above_points=5_000, household_day_points=300, shop_day_points=None
    )
    assert chosen["orders"] == OrderSettings(pick_up_days=9)
    assert chosen["inspections"] == VisitSettings(visit_due_days=14)
    assert chosen["photos"] == PhotoSettings()
    assert chosen["reviews"] == ReviewSettings()
    assert chosen["cards"] == CardSettings(300, 400)
    assert chosen["rates"] == Bounds(9_500, 8_000, 5_000)
    assert chosen["rounds"] == RoundSettings(pass_from=80)
    with app.app_context():
        SETTINGS.change(county_id=990101, actor_id=None, at=NOON, day_points_max=500)
        db.session.commit()
        db.session.remove()
        flask_migrate.downgrade(revision="0022")
    with engine.connect() as connection:
        back = connection.execute(text("SELECT * FROM card_settings, counties")).one()
    engine.dispose()
    assert (back.payment_points_max, back.day_points_max) == (300, 500)
    assert (back.auto_release_limit_fen, back.household_day_points) == (20_000, 300)


def test_members_and_who_is_bound_to_them_are_people_after_the_upgrade(app, given, empty_again):
    family, neighbours = given.household(), given.household()
    given.resident(family)
    given.visitor()
    with app.app_context():
        flask_migrate.downgrade(revision="0024")

        flask_migrate.upgrade()

        person = {member.household_id: member.person_id for member in db.session.scalars(HEADS)}
        bound = db.session.scalars(select(User.person_id).where(User.id.in_(BOUND))).all()
        others = db.session.scalars(select(User.person_id).where(User.id.not_in(BOUND))).all()
        numbers = {one.id: one.id_number_index for one in db.session.scalars(select(Person))}
        heads = {head.household_id: head.id_number_index for head in db.session.scalars(HEADS)}
    assert numbers == {person[each.id]: heads[each.id] for each in (family, neighbours)}
    assert bound == [person[family.id]]
    assert others == [None]


def test_what_there_was_is_on_the_trace_after_the_upgrade(app, empty_again):
    """Of before, no event says just so who was given what: it is taken over as it is."""
    with app.app_context():
        flask_migrate.downgrade(revision="0047")
    engine = create_engine(app.config["SETTINGS"].database_owner_url)
    user, place = uuid4(), uuid4()
    with engine.begin() as connection:
        connection.execute(
            text("""
                INSERT INTO counties (id, name, created_at) VALUES (990101, '示范县', now());
                INSERT INTO county_settings (county_id, name, version, content, set_at)
                VALUES (990101, 'orders', 1, '{"pick_up_days": 9}', now());
            """)
        )
        values = {"user": user, "place": place}
        connection.execute(
            text(
                "INSERT INTO users (id, county_id, is_blocked, created_at)"
                " VALUES (:user, 990101, false, now())"
            ),
            values,
        )
        connection.execute(
            text(
                "INSERT INTO role_grants (id, user_id, role, place_id, granted_at)"
                " VALUES (gen_random_uuid(), :user, 'auditor', :place, now())"
            ),
            values,
        )
    with app.app_context():
        flask_migrate.upgrade()
        asked = ("a_grant_is_on_the_trace", "a_version_of_settings_is_on_the_trace")
        lies = [
            row
            for question in asked
            for row in db.session.execute(text(domains.questions()[question]))
        ]
        kinds = db.session.scalars(text("SELECT subject_kind FROM audit_events ORDER BY 1")).all()
    engine.dispose()
    assert lies == []
    assert kinds == ["role_grant", "settings"]
