"""Officials of a county who are known persons, and the roles that they propose."""

from dataclasses import dataclass
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.kernel.db import db, transaction
from app.register.identity import service
from app.register.identity.models import RoleGrant, User
from app.register.identity.roles import Role
from tests.given.factories import COUNTY
from tests.given.http import user_of
from tests.given.persons import NUMBERS


@dataclass(frozen=True)
class Official:
    client: FlaskClient
    user_id: UUID


@pytest.fixture
def root(given):
    return given.county()


@pytest.fixture
def official(app, given):
    def make(role: Role, place_id: UUID, number: str | None = None) -> Official:
        client = given.staff(role, place_id)
        user_id = user_of(app, client)
        if number:
            given.person(user_id, number)
        return Official(client, user_id)

    return make


@pytest.fixture
def p1(official, root):
    return official(Role.COUNTY_ADMIN, root, NUMBERS[0])


@pytest.fixture
def p2(official, root):
    return official(Role.COUNTY_ADMIN, root, NUMBERS[1])


@pytest.fixture
def auditor(official, root):
    return official(Role.AUDITOR, root)


@pytest.fixture
def phone(app, given, noon):
    """``phone("199…", number)``: a user who has signed in with it; of a person, if known."""

    def enter(number: str, id_number: str | None = None) -> UUID:
        given.county()
        with app.app_context(), transaction():
            user_id = service.enrol_staff(
                county_id=COUNTY, phone=number, name="赵某", actor_id=None, at=noon()
            ).id
        if id_number:
            given.person(user_id, id_number)
        return user_id

    return enter


@pytest.fixture
def held(app):
    """``held(user)``: the roles that the user holds now."""

    def ask(user_id: UUID) -> list[str]:
        with app.app_context():
            return sorted(
                str(role)
                for role in db.session.scalars(
                    select(RoleGrant.role).where(
                        RoleGrant.user_id == user_id, RoleGrant.revoked_at.is_(None)
                    )
                )
            )

    return ask


@pytest.fixture
def user_named(app):
    def find(name: str) -> UUID:
        with app.app_context():
            return db.session.scalars(select(User.id).where(User.name == name)).one()

    return find


@pytest.fixture
def propose(root):
    """``propose(client, "199…", role, place)``: the answer to a proposed grant."""

    def ask(client, phone, role, place_id=None, **more):
        body = {"phone": phone, "name": "赵某", "role": role, "place_id": str(place_id or root)}
        return client.post("/api/v1/role-grants", json=body | more)

    return ask
