"""An event of the trace says by which way it came, in which role and why; and is never changed."""

from socket import gethostname

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from app.kernel import audit
from app.kernel.audit.models import AuditEvent
from app.kernel.audit.written import COLUMNS, code, text_of
from app.kernel.db import db, transaction
from app.kernel.jobs import job
from app.register.identity.roles import Role
from tests.given.factories import COUNTY
from tests.given.http import post


@pytest.fixture
def events(app):
    """Events of an action, the oldest first."""

    def read(action: str) -> list[AuditEvent]:
        with app.app_context():
            query = select(AuditEvent).where(AuditEvent.action == action).order_by(AuditEvent.id)
            return list(db.session.scalars(query))

    return read


def record(given, action="catalogue.offer", **more):
    audit.record(
        action, county_id=COUNTY, actor_id=None, subject=("shop", 1), at=given._clock(), **more
    )


def test_a_request_leaves_its_id_and_the_roles_that_admitted_the_caller(app, given, events):
    village = given.village()
    admin = given.staff(Role.COUNTY_ADMIN, village.county_region_id)
    relation = {
        "household_id": str(given.household(village=village).id),
        "other_id": str(given.household(village=village).id),
        "kind": "kin",
    }

    answer = post(admin, "household-relations", relation)

    assert answer.status_code == 201, answer.json
    (event,) = events("households.relate")
    assert event.channel is audit.Channel.REQUEST
    assert event.request_id == answer.headers["X-Request-Id"]
    assert event.acted_as == ["county_admin"]
    told = {str(event.household_id), event.details["other_id"]}
    assert told == {relation["household_id"], relation["other_id"]}


def test_a_job_is_named_and_acts_as_nobody(app, given, events):
    @job
    def paint():
        with transaction():
            record(given)

    with app.app_context():
        paint()

    (event,) = events("catalogue.offer")
    assert (event.channel, event.acted_as) == (audit.Channel.JOB, None)
    assert event.request_id.endswith(".paint")


def test_a_command_is_named_without_what_was_typed_after_it(app, given, events):
    result = app.test_cli_runner().invoke(args=["county", "create", "330499", "新县"])

    assert result.exit_code == 0, result.output
    (event,) = events("regions.create_county")
    assert (event.channel, event.request_id) == (audit.Channel.COMMAND, "flask county create")
    # Whoever may be named after --by, the machine says as whom and where it was typed.
    assert f"@{gethostname()} " in event.details["shell"]


def test_a_reason_is_kept_without_phones_and_id_numbers(app, given, events):
    with app.app_context(), transaction():
        record(given, reason="打 13812345678 没人接，33040219900101123X")

    (event,) = events("catalogue.offer")
    assert event.reason == "打 [phone] 没人接，[id number]"


def test_the_code_is_of_what_the_database_gives_back(app, given, events):
    family = given.household()
    with app.app_context(), transaction():
        record(given, household_id=family.id, reason="更正", points=3, before={"甲": [1, None]})

    (event,) = events("catalogue.offer")
    with app.app_context():
        columns = {name: getattr(event, name) for name in COLUMNS}
        assert event.mac == code(text_of(columns))
        assert event.xact > 0


@pytest.mark.parametrize(
    "lie",
    [
        "UPDATE audit_events SET actor_id = NULL",
        "DELETE FROM audit_events",
        "INSERT INTO audit_events (county_id, id, at, action, subject_kind, subject_id, details,"
        " xact) VALUES (330402, gen_random_uuid(), now(), 'a.b', 'a', '1', '{}', 1)",
        "INSERT INTO audit_seals SELECT * FROM audit_seals",
        "DELETE FROM audit_seals",
    ],
)
def test_the_application_adds_events_and_nothing_else(app, committed, given, lie):
    with app.app_context():
        with transaction():
            record(given)
        with pytest.raises(DBAPIError, match="permission denied"):
            db.session.execute(text(lie))


@pytest.mark.parametrize(
    "lie",
    [
        "UPDATE audit_events SET action = 'a.b'",
        "DELETE FROM audit_events",
        "TRUNCATE audit_events CASCADE",
    ],
)
def test_not_even_who_may_everything_changes_an_event_by_mistake(
    app, committed, given, superuser, lie
):
    with app.app_context(), transaction():
        record(given)
    with superuser.connect() as connection, pytest.raises(DBAPIError) as refused:
        connection.execute(text(lie))
    assert refused.value.orig.sqlstate == "AU001"
