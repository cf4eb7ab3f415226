"""People are entered once, whoever names them first."""

from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import select

from app.kernel import clock
from app.kernel.db import db, transaction
from app.register.people.models import Person
from app.register.people.service import enter
from tests.given.factories import COUNTY


def people(app) -> list[bytes]:
    with app.app_context():
        return list(
            db.session.scalars(select(Person.id_number_index).order_by(Person.id_number_index))
        )


def test_a_person_is_entered_once_in_a_county(app, given, noon):
    given.county()
    with app.app_context(), transaction():
        first = enter(county_id=COUNTY, id_number_indexes=[b"one"], at=noon())
        both = enter(county_id=COUNTY, id_number_indexes=[b"two", b"one", b"two"], at=noon())

    assert both[b"one"] == first[b"one"]
    assert set(both) == {b"one", b"two"}
    assert people(app) == [b"one", b"two"]


def test_nobody_is_nobody(app, given, noon):
    with app.app_context(), transaction():
        assert enter(county_id=COUNTY, id_number_indexes=[], at=noon()) == {}


def test_of_eight_who_enter_the_same_people_at_once_all_get_the_same(app, given, committed):
    given.county()

    def one(number: int) -> tuple:
        indexes = [b"one", b"two", b"three"]
        if number % 2:
            indexes.reverse()
        with app.app_context(), transaction():
            known = enter(county_id=COUNTY, id_number_indexes=indexes, at=clock.now())
        return tuple(sorted(known.items()))

    with ThreadPoolExecutor(8) as pool:
        answers = set(pool.map(one, range(8)))

    assert len(answers) == 1
    assert len(people(app)) == 3
