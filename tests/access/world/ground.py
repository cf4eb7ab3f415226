"""A place to put objects at: its village, a household, and the people who make things there."""

from collections.abc import Iterable
from enum import StrEnum
from functools import cached_property
from itertools import count
from types import SimpleNamespace
from uuid import UUID, uuid4

from flask import Flask
from flask.testing import FlaskClient
from stdnum.cn import uscc

from app.kernel.db import Model, db, transaction
from app.register.identity.roles import Role
from tests.given import pictures
from tests.given.factories import Given, Village

ACCOUNT = "6228480000000000012"
PAYEE = {"payee_name": "李家小卖部", "payee_account": ACCOUNT, "payee_bank": "分分县农村信用社"}
_numbers = count(1)


class Distance(StrEnum):
    """Whose an object is, seen from the caller."""

    OWN = "own"  # of the caller's household, shop or merchant, or made by the caller
    SAME_VILLAGE = "same village"
    OTHER_VILLAGE = "other village"  # of another town in the same county
    OTHER_COUNTY = "other county"


class Around(SimpleNamespace):
    """What exists at one distance, by name: each module of this package adds its objects."""


def number() -> int:
    """One that nothing in these tests has had."""
    return next(_numbers)


def picture() -> bytes:
    """A photo that nobody sent before."""
    return pictures.photo(5_000 + number())


def licence() -> str:
    """The number of a business licence that nobody has."""
    digits = f"91990101MA{number():07d}"
    return digits + uscc.calc_check_digit(digits)


def phone() -> str:
    return f"1990000{number():04d}"


class Ground:
    """One village at one distance, to be furnished."""

    def __init__(self, app: Flask, given: Given, clock, village: Village, county_id: int) -> None:
        self.app, self.given, self.clock = app, given, clock
        self.village, self.county_id = village, county_id
        self.family = given.household(village=village, points=1_000, county_id=county_id)
        self.neighbour = given.household(village=village, county_id=county_id)
        self.kin = given.household(village=village, county_id=county_id)
        given.budget(village, 1_000, county_id)
        self.resident_id = given.user(county_id)
        self.resident = given.resident(self.family, county_id, self.resident_id)

    @cached_property
    def admin(self) -> FlaskClient:
        return self.of_county(Role.COUNTY_ADMIN)

    @cached_property
    def another_admin(self) -> FlaskClient:
        return self.of_county(Role.COUNTY_ADMIN)

    @cached_property
    def finance(self) -> FlaskClient:
        return self.of_county(Role.FINANCE)

    def of_county(self, role: Role) -> FlaskClient:
        return self.given.staff(role, self.village.county_region_id, self.county_id)

    def of_village(self, role: Role) -> tuple[UUID, FlaskClient]:
        """Somebody who works in the village."""
        user_id = self.given.user(self.county_id)
        self.given.grant(user_id, role, self.village.id)
        return user_id, self.given.signed_in(user_id)

    def add(self, *rows: Model) -> None:
        """Commit rows, each of which may refer to those before it."""
        add(self.app, rows)


def add(app: Flask, rows: Iterable[Model]) -> None:
    with app.app_context(), transaction():
        for row in rows:
            db.session.add(row)
            db.session.flush()


def sent(client: FlaskClient, path: str, body: object = None, method: str = "POST"):
    """What a request that must succeed answered."""
    headers = {"Idempotency-Key": uuid4().hex}
    answer = client.open(f"/api/v1/{path}", method=method, json=body, headers=headers)
    assert answer.status_code in {200, 201, 202, 204}, (path, answer.json)
    return answer.json if answer.data else None
