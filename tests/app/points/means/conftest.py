"""A household whose points somebody might reach for, and the people of its village."""

import pytest
from sqlalchemy import select

from app.kernel.db import db
from app.messages.delivery import jobs
from app.messages.notices import Notice
from app.register.identity.roles import Role
from tests.given.cards import office
from tests.given.orders import town
from tests.given.races import together
from tests.given.shelves import shelves
from tests.given.shops import counter, mall
from tests.given.vouchers import desk


@pytest.fixture
def family(given):
    return given.household(points=4_000)


@pytest.fixture
def administrator(given, family):
    return given.staff(Role.VILLAGE_ADMIN, family.village.id)


@pytest.fixture
def group_leader(given, family):
    return given.staff(Role.GROUP_LEADER, family.village.group_id)


@pytest.fixture
def town_admin(given, family):
    return given.staff(Role.TOWN_ADMIN, family.village.town_id)


@pytest.fixture
def delivered(app):
    """``delivered("card_used")``: the notices of a kind, after one try to deliver each."""

    def deliver(kind: str) -> list[Notice]:
        of_kind = select(Notice).where(Notice.kind == kind).order_by(Notice.id)
        with app.app_context():
            for notice in db.session.scalars(of_kind).all():
                jobs.deliver(str(notice.county_id), str(notice.id))
        with app.app_context():
            return list(db.session.scalars(of_kind))

    return deliver
