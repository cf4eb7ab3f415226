"""A household is not split or merged while something of it is undecided: whose would it be?"""

from collections.abc import Iterator

from sqlalchemy import exists, select

from app.kernel.db import db
from app.kernel.errors import DomainError
from app.photos.matters import is_open
from app.register.households.life import Change, Line, Touched, touched
from app.register.households.life.errors import MattersOpen
from app.register.households.models import Household


def _blocks(change: Change) -> Iterator[DomainError]:
    undecided = exists().where(
        Household.id.in_(change.homes), is_open(Household.county_id, Household.id)
    )
    if db.session.scalar(select(undecided)):
        yield MattersOpen()


def _apply(_: Change) -> Iterator[Line]:
    return iter(())


MATTERS = touched(Touched("matters", apply=_apply, blocks=_blocks))
